# One INTERFACE target holds every flag of the project: link it privately, set nothing by hand.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")

add_library(mailroom_flags INTERFACE)
target_compile_options(mailroom_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 sees overflows inside std::string that are none (GCC bug 105651).
  target_compile_options(mailroom_flags INTERFACE -Wno-restrict -Wno-stringop-overflow)
endif()
if(MAILROOM_WERROR)
  target_compile_options(mailroom_flags INTERFACE -Werror)
endif()

# Sanitizers are set for everything below this folder, precompiled headers included.
if(MAILROOM_SANITIZER STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
elseif(MAILROOM_SANITIZER STREQUAL "address")
  # Not "null": CAF's init_fun_factory.hpp binds a reference to a null tuple for actors without
  # arguments and never uses it. AddressSanitizer traps every use of a null pointer anyway.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=null
                      -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(NOT MAILROOM_SANITIZER STREQUAL "")
  message(FATAL_ERROR "MAILROOM_SANITIZER is '${MAILROOM_SANITIZER}'; it can be thread, address or nothing")
endif()

# ccache reads precompiled headers only if told not to mind their time stamps.
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CCACHE ccache)
  if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
  endif()
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fpch-preprocess)
elseif(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_compile_options(-Xclang -fno-pch-timestamp)
endif()
