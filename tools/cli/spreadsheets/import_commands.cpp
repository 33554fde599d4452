// SPDX-License-Identifier: Apache-2.0
// `daybook import`: a spreadsheet into a collection.
#include "tools/cli/command_groups.hpp"
#include "tools/cli/spreadsheets/import_run.hpp"

namespace daybook::cli {

void declare_imports(CLI::App& app, Wish& wish, Command& chosen) {
  auto* import = app.add_subcommand("import", "Records from a CSV file 导入");
  import->add_option("collection", wish.collection)->required();
  import->add_option("file", wish.file, "CSV, UTF-8 or GB18030; its first line names the fields")
      ->required();
  import->add_option("--key", wish.key,
                     "fields by which a record is known, with commas; else its first unique key");
  import->add_option("--with", wish.pairs, "field=text for every line");
  import->add_flag("--dry-run", wish.dry_run, "only say what would become of each line");
  import->add_flag("--exact", wish.exact,
                   "numbers as they are kept: fen, thousandths, ms; exports are read so anyway");
  import->callback([&] {
    chosen = [](const Wish& w, const Words& words) { return ImportRun(w, words).run();
};
}  // namespace daybook::cli
);
}

}  // namespace daybook::cli
