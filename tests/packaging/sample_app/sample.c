/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest host app: opens a book, enrols with a code, commits a visit, reads it back, closes.
 * With a number of seconds it also waits until the office holds the visit.
 *
 *   sample BOOK-FILE ENROLMENT-CODE ACTOR [SECONDS]
 *
 * Built outside Daybook's own build, against what is installed. Ends with 0 when all went well. */
#include <daybook/daybook.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int complain(const char* what, const daybook_error* error) {
  fprintf(stderr, "sample: %s: %s %s %s\n", what, daybook_code_name(error->code), error->field,
          error->detail);
  return 1;
}

static int commit_a_visit(daybook_handle* book, const char* actor) {
  daybook_error error = DAYBOOK_ERROR_INIT;
  char json[512];
  char* result = NULL;
  snprintf(json, sizeof json,
           "{\"changes\":[{\"collection\":\"visit\",\"create\":"
           "{\"technician\":\"%s\",\"symptom\":\"无图像\"}}]}",
           actor);
  if (daybook_commit(book, json, strlen(json), &result, NULL, &error) != DAYBOOK_OK)
    return complain("commit", &error);
  printf("committed %s\n", result);
  daybook_string_free(result);
  return 0;
}

static int show_visits(daybook_handle* book) {
  daybook_error error = DAYBOOK_ERROR_INIT;
  char* rows = NULL;
  if (daybook_query_all(book, "select technician, symptom from visit", DAYBOOK_TO_NUL, NULL, 0, 100,
                        &rows, NULL, &error) != DAYBOOK_OK) {
    return complain("query", &error);
  }
  printf("visits %s\n", rows);
  daybook_string_free(rows);
  return 0;
}

static int wait_for_office(daybook_handle* book, int seconds) {
  daybook_error error = DAYBOOK_ERROR_INIT;
  if (daybook_start_sync(book, &error) != DAYBOOK_OK) return complain("start_sync", &error);
  if (daybook_wait_idle(book, 1000 * (int64_t)seconds, &error) != DAYBOOK_OK)
    return complain("wait_idle", &error);
  printf("the office has it\n");
  return 0;
}

int main(int argc, char** argv) {
  daybook_error error = DAYBOOK_ERROR_INIT;
  daybook_open_options options = DAYBOOK_OPEN_OPTIONS_INIT;
  daybook_handle* book = NULL;
  int failed = 0;
  if (argc != 4 && argc != 5) {
    fprintf(stderr, "sample BOOK-FILE ENROLMENT-CODE ACTOR [SECONDS]\n");
    return 2;
  }
  /* What was compiled against and what runs may differ; by this much they may not. */
  if (daybook_abi_version() >> 16 != DAYBOOK_ABI_VERSION >> 16) return 3;
  options.path = argv[1];
  options.path_size = DAYBOOK_TO_NUL;
  if (daybook_open(&options, &book, &error) != DAYBOOK_OK) return complain("open", &error);
  if (daybook_enrol(book, argv[2], DAYBOOK_TO_NUL, "sample", DAYBOOK_TO_NUL, &error) != DAYBOOK_OK)
    failed = complain("enrol", &error);
  failed = failed || commit_a_visit(book, argv[3]) || show_visits(book);
  if (!failed && argc == 5) failed = wait_for_office(book, atoi(argv[4]));
  daybook_close(book);
  return failed;
}
