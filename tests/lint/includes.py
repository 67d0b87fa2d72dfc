#!/usr/bin/env python3
"""Checks who may know whom: the rooms of the house and the direction of their doors.

  includes.py ROOT
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
complaints = []

# A file matching the first pattern must not include what matches the second, for the given reason.
RULES = [
    (r"framework/", r'^"?(actors|demos|tests)/', "the framework knows no story"),
    (r"actors/", r"^(demos|tests)/", "building blocks know no demo"),
    (r"demos/", r"^tests/", "demos know no test"),
    (r"framework/mailroom/(sync|trace|locking)/", r"^(caf/|mailroom/(caf|system)\.hpp)",
     "these rooms know no CAF"),
    (r"framework/mailroom/sync/", r"^mailroom/(?!sync/)", "sync stands on the standard library alone"),
    (r"framework/mailroom/trace/", r"^mailroom/(?!trace/)", "trace knows nobody"),
    (r"framework/mailroom/explore/(?!actor|stage|explored)", r"^mailroom/(?!explore/|sync/|error\.hpp)", "explore knows sync only"),
    (r"framework/mailroom/explore/(?!actor|stage|explored)", r"^mailroom/explore/(actor|stage|explored)",
     "exploring threads needs no CAF"),
    (r"framework/mailroom/explore/(actor|stage|explored)", r"^mailroom/(?!explore/|(error|caf)\.hpp)",
     "of others, exploring actors knows CAF only"),
    (r"framework/mailroom/locking/", r"^mailroom/(?!locking/|sync/|(error|queue_options)\.hpp)", "locking knows sync only"),
    (r"framework/mailroom/future/", r"^(caf/|mailroom/(?!future/|error\.hpp))", "futures stand on the standard library alone"),
    (r"framework/mailroom/executor/", r"^mailroom/(?!executor/|future/|(error|histogram|processors|queue_options|caf|system)\.hpp)",
     "executors know futures and CAF"),
    (r"framework/mailroom/executor/(?!actor_pool|pool_worker|call)", r"^mailroom/(caf|system)\.hpp", "only the actor pool knows CAF"),
    (r"framework/mailroom/process/", r"^mailroom/(?!process/|executor/|future/|(error|processors|queue_options|caf)\.hpp)",
     "processes know executors and futures"),
    (r"framework/mailroom/(?!process/|compare/|mailroom\.hpp)", r"^mailroom/process/", "a process is what others need not know of"),
    (r"framework/mailroom/scheduler/", r"^mailroom/(?!scheduler/|future/(parker|spinlock)\.hpp|caf\.hpp)",
     "the scheduler knows CAF, and how to sleep"),
    (r"framework/mailroom/(?!scheduler/|system\.cpp)", r"^mailroom/scheduler/", "a scheduler is chosen by its name"),
    (r"framework/mailroom/messaging/", r"^mailroom/(compare|explore|trace|sync)/",
     "messaging knows no tools for comparing"),
    (r"framework/mailroom/(?!caf\.hpp)", r"^caf/", "CAF's headers are included by mailroom/caf.hpp only"),
    (r"(actors|demos|tests)/", r"^caf/", "CAF's headers are included by mailroom/caf.hpp only"),
    # The thesis of the house.
    (r"actors/[^/]+/[a-z_]*actors?\.(hpp|cpp)", r"^(mutex|shared_mutex|thread|atomic|condition_variable|"
     r"semaphore|latch|barrier|future|mailroom/sync/|mailroom/locking/)", "actors need no locks"),
    (r"actors/[^/]+/(?![a-z_]*actors?\.|mutual_ask\.)[a-z_]*(racy|locked|atomic|_order|ordered|timeout|"
     r"hierarchy|all_at_once)[a-z_]*\.(hpp|cpp)", r"^(caf/|mailroom/(caf|system)\.hpp|mailroom/messaging/)",
     "lock versions need no actors"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')

files = 0
for path in sorted(root.glob("*/**/*.[ch]pp")):
    name = path.relative_to(root).as_posix()
    if not re.match(r"(framework|actors|demos|tests)/", name):
        continue
    files += 1
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        for where, what, why in RULES:
            if re.match(where, name) and re.match(what, found[1]):
                complaints.append(f"{name}:{number}: includes {found[1]}, but {why}")

if files < 50:
    complaints.append(f"only {files} files seen: is {root} the root of the project?")
print("\n".join(complaints) or f"{files} files, all doors in order")
sys.exit(1 if complaints else 0)
