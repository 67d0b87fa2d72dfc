// The `main` of every story's own binary.

#include "mailroom/compare/story_main.hpp"

namespace mailroom::stories {
extern const compare::story MAILROOM_STORY;
}

int main(int argc, char** argv) {
  return mailroom::compare::story_main(mailroom::stories::MAILROOM_STORY, argc, argv);
}
