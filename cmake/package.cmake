# What "cpack" makes: a Debian package of everything that is installed.

include(GNUInstallDirs)
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}" RENAME copyright)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_DIRECTORY "${PROJECT_BINARY_DIR}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_VENDOR "mailroom developers")
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS # whatever the umask of who builds it
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "mailroom developers")
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Static libraries and headers of an actor framework on CAF: a pool of workers
with the semantics of Python's concurrent.futures, mailboxes, ready actors,
and synchronisation that tells deadlocks and can be replayed step by step.
.
The programs tell stories of shared state: each has racy, lock-based and
actor versions side by side, with the verdict each must have.")

# The programs say themselves which shared libraries they need. The static libraries need what goes
# with them to compile and link, and were built against one major version of fmt.
math(EXPR next_fmt "${fmt_VERSION_MAJOR} + 1")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
string(JOIN ", " CPACK_DEBIAN_PACKAGE_DEPENDS
  "libcaf-dev (>= 0.17.6)" "libcaf-dev (<< 0.18)"
  "libfmt-dev (>= ${fmt_VERSION_MAJOR})" "libfmt-dev (<< ${next_fmt}~)"
  libssl-dev)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "g++ (>= 4:12), pkg-config")

include(CPack)
