/* SPDX-License-Identifier: Apache-2.0 */
/* A host app in plain C against a real server: enrols, captures a visit with a part in one set,
 * reads it back, sends it, and shows the receipt. Needs nothing but daybook.h.
 *
 *   c_client STORE-FILE ENROLMENT-CODE ACTOR [SECONDS]
 *   c_client STORE-FILE --until SQL VALUE SECONDS     an enrolled phone: waits until what the
 * office changed is here
 *
 * Ends with 0 when everything was as it should be, 1 with a sentence when not, 2 when it was called
 * wrongly. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client-lib/include/daybook/daybook.h"

static int complain(const char* what, const daybook_error* error) {
  fprintf(stderr, "c_client: %s: %s at %s: %s\n", what, daybook_code_name(error->code),
          error->field, error->detail);
  return 1;
}

static int print_sentence(const char* json, const char* language) {
  daybook_error error = DAYBOOK_ERROR_INIT;
  char* sentence = NULL;
  if (daybook_sentence(json, DAYBOOK_TO_NUL, language, DAYBOOK_TO_NUL, &sentence, NULL, &error) !=
      DAYBOOK_OK) {
    return complain("sentence", &error);
  }
  printf("%s\n", sentence);
  daybook_string_free(sentence);
  return 0;
}

static int print_status(daybook_handle* phone) {
  daybook_error error = DAYBOOK_ERROR_INIT;
  char* status = NULL;
  int failed = 0;
  if (daybook_status(phone, &status, NULL, &error) != DAYBOOK_OK) return complain("status", &error);
  failed = print_sentence(status, "zh") || print_sentence(status, "en");
  daybook_string_free(status);
  return failed;
}

/* One act: a visit and the part that was swapped in it. */
static int capture(daybook_handle* phone, const char* actor, char visit[37]) {
  daybook_error error = DAYBOOK_ERROR_INIT;
  char json[1024];
  char* result = NULL;
  if (daybook_new_id(phone, visit, &error) != DAYBOOK_OK) return complain("new_id", &error);
  snprintf(json, sizeof json,
           "{\"changes\":["
           "{\"collection\":\"visit\",\"id\":\"%s\",\"create\":{\"technician\":\"%s\",\"symptom\":"
           "\"无图像\"}},"
           "{\"collection\":\"part_swap\",\"create\":{\"visit\":\"%s\",\"reason\":\"烧毁\","
           "\"name\":\"电源板\","
           "\"quantity\":1000,\"old_serial\":\"A-1\",\"new_serial\":\"B-2\"}}]}",
           visit, actor, visit);
  if (daybook_commit(phone, json, strlen(json), &result, NULL, &error) != DAYBOOK_OK)
    return complain("commit", &error);
  printf("committed %s\n", result);
  daybook_string_free(result);
  return 0;
}

static int read_back(daybook_handle* phone, const char* visit) {
  daybook_error error = DAYBOOK_ERROR_INIT;
  daybook_statement* rows = NULL;
  const char* row = NULL;
  char params[64];
  int32_t has_row = 0;
  int count = 0;
  snprintf(params, sizeof params, "[\"%s\"]", visit);
  if (daybook_query(phone,
                    "select v.symptom, p.new_serial from visit v join part_swap p on p.visit = "
                    "v.id where v.id = ?1",
                    DAYBOOK_TO_NUL, params, DAYBOOK_TO_NUL, &rows, &error) != DAYBOOK_OK) {
    return complain("query", &error);
  }
  for (;;) {
    if (daybook_statement_step(rows, &has_row, &error) != DAYBOOK_OK) break;
    if (!has_row) break;
    if (daybook_statement_row(rows, &row, NULL, &error) != DAYBOOK_OK) break;
    printf("row %s\n", row);
    ++count;
  }
  daybook_statement_close(rows);
  if (error.code != DAYBOOK_OK) return complain("rows", &error);
  if (count != 1) fprintf(stderr, "c_client: expected one row, not %d\n", count);
  return count != 1;
}

static int send_and_show(daybook_handle* phone, int64_t timeout_ms) {
  daybook_error error = DAYBOOK_ERROR_INIT;
  char* waiting = NULL;
  char* receipts = NULL;
  int is_empty = 0;
  if (daybook_start_sync(phone, &error) != DAYBOOK_OK) return complain("start_sync", &error);
  if (daybook_wait_idle(phone, timeout_ms, &error) != DAYBOOK_OK)
    return complain("wait_idle", &error);
  if (daybook_own_sets(phone, DAYBOOK_SETS_UNSETTLED, &waiting, NULL, &error) != DAYBOOK_OK) {
    return complain("own_sets", &error);
  }
  is_empty = strcmp(waiting, "[]") == 0;
  if (!is_empty) fprintf(stderr, "c_client: still waiting: %s\n", waiting);
  daybook_string_free(waiting);
  if (daybook_receipts_since(phone, 0, 1000, &receipts, NULL, &error) != DAYBOOK_OK)
    return complain("receipts", &error);
  printf("receipts %s\n", receipts);
  if (strstr(receipts, "\"verdict\":\"accepted\"") == NULL) is_empty = 0;
  daybook_string_free(receipts);
  return !is_empty || print_status(phone);
}

static int visit_the_office(daybook_handle* phone, const char* code, const char* actor,
                            int64_t timeout_ms) {
  daybook_error error = DAYBOOK_ERROR_INIT;
  char visit[37];
  if (daybook_enrol(phone, code, DAYBOOK_TO_NUL, "c_client", DAYBOOK_TO_NUL, &error) !=
      DAYBOOK_OK) {
    return complain("enrol", &error);
  }
  if (capture(phone, actor, visit) || read_back(phone, visit)) return 1;
  return send_and_show(phone, timeout_ms);
}

/* 1 when the first column of the first row is `value`, 0 when not, -1 with a complaint. */
static int holds(daybook_handle* phone, const char* sql, const char* value) {
  daybook_error error = DAYBOOK_ERROR_INIT;
  char* rows = NULL;
  char wanted[512];
  int found = 0;
  if (daybook_query_all(phone, sql, DAYBOOK_TO_NUL, NULL, 0, 1000, &rows, NULL, &error) !=
      DAYBOOK_OK) {
    complain("query_all", &error);
    return -1;
  }
  snprintf(wanted, sizeof wanted, "\"rows\":[[\"%s\"", value);
  found = strstr(rows, wanted) != NULL;
  daybook_string_free(rows);
  return found;
}

static int wait_until(daybook_handle* phone, const char* sql, const char* value,
                      int64_t timeout_ms) {
  daybook_error error = DAYBOOK_ERROR_INIT;
  const char* watch = "{\"collections\":[\"visit\"]}";
  uint64_t number = 0;
  int found = 0;
  if (daybook_watch(phone, watch, DAYBOOK_TO_NUL, &number, &error) != DAYBOOK_OK)
    return complain("watch", &error);
  if (daybook_start_sync(phone, &error) != DAYBOOK_OK) return complain("start_sync", &error);
  while ((found = holds(phone, sql, value)) == 0) {
    char* event = NULL;
    if (daybook_next_event(phone, timeout_ms, &event, NULL, &error) != DAYBOOK_OK)
      return complain("next_event", &error);
    printf("event %s\n", event);
    daybook_string_free(event);
  }
  return found == 1 ? print_status(phone) : 1;
}

int main(int argc, char** argv) {
  daybook_error error = DAYBOOK_ERROR_INIT;
  daybook_open_options options = DAYBOOK_OPEN_OPTIONS_INIT;
  daybook_handle* phone = NULL;
  int failed = 0;
  const int waits = argc == 6 && strcmp(argv[2], "--until") == 0;
  if (!waits && argc != 4 && argc != 5) {
    fprintf(stderr,
            "c_client STORE-FILE ENROLMENT-CODE ACTOR [SECONDS] | c_client STORE-FILE --until SQL "
            "VALUE SECONDS\n");
    return 2;
  }
  options.path = argv[1];
  options.path_size = DAYBOOK_TO_NUL;
  if (daybook_open(&options, &phone, &error) != DAYBOOK_OK) return complain("open", &error);
  if (waits) {
    failed = wait_until(phone, argv[3], argv[4], 1000 * (int64_t)atoi(argv[5]));
  } else {
    failed =
        visit_the_office(phone, argv[2], argv[3], 1000 * (int64_t)(argc == 5 ? atoi(argv[4]) : 60));
  }
  daybook_close(phone);
  return failed;
}
