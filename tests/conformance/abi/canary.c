/* SPDX-License-Identifier: Apache-2.0 */
/* The canary: daybook.h in C11 with every warning an error. Its numbers are what a C compiler sees;
 * numbers_test.cpp compares them with what the library means. */
#include "client-lib/include/daybook/daybook.h"

_Static_assert(sizeof(daybook_code) == sizeof(int32_t), "codes are 32 bits");
_Static_assert(offsetof(daybook_error, struct_size) == 0, "struct_size is first");
_Static_assert(offsetof(daybook_open_options, struct_size) == 0, "struct_size is first");
_Static_assert(offsetof(daybook_enrol_options, struct_size) == 0, "struct_size is first");

int daybook_canary_sings(void);

int daybook_canary_sings(void) {
  daybook_error error = DAYBOOK_ERROR_INIT;
  daybook_open_options options = DAYBOOK_OPEN_OPTIONS_INIT;
  daybook_enrol_options enrolling = DAYBOOK_ENROL_OPTIONS_INIT;
  daybook_handle* handle = NULL;
  if (enrolling.struct_size != sizeof enrolling || enrolling.key_alg != DAYBOOK_KEY_ALG_DEFAULT)
    return 0;
  if (options.struct_size != sizeof options || error.struct_size != sizeof error) return 0;
  if (daybook_abi_version() != DAYBOOK_ABI_VERSION) return 0;
  if (daybook_open(&options, &handle, &error) != DAYBOOK_INVALID) return 0;
  if (handle != NULL || error.code != DAYBOOK_INVALID || error.field[0] == '\0') return 0;
  daybook_close(NULL);
  daybook_statement_close(NULL);
  daybook_string_free(NULL);
  return 1;
}
