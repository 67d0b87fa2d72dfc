#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "mailroom/process/serve.hpp"

int main(int argc, char** argv) {
  mailroom::serve_if_worker();
  return doctest::Context(argc, argv).run();
}
