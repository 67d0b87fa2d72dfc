# Every story has the same parts. A missing one stops the configuration and is named.

foreach(story IN LISTS MAILROOM_STORIES)
  foreach(part demos/${story}.cpp demos/${story}.md tests/demos/${story}_test.cpp)
    if(NOT EXISTS "${PROJECT_SOURCE_DIR}/${part}")
      message(FATAL_ERROR "story '${story}' is incomplete: ${part} is missing")
    endif()
  endforeach()
endforeach()

# Every building block has a specification and a page.
file(GLOB blocks RELATIVE "${PROJECT_SOURCE_DIR}/actors" CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/actors/*/")
foreach(block IN LISTS blocks)
  if(IS_DIRECTORY "${PROJECT_SOURCE_DIR}/actors/${block}")
    foreach(part actors/${block}/README.md tests/actors/${block}_test.cpp)
      if(NOT EXISTS "${PROJECT_SOURCE_DIR}/${part}")
        message(FATAL_ERROR "building block '${block}' is incomplete: ${part} is missing")
      endif()
    endforeach()
  endif()
endforeach()
