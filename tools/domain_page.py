#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/domain.md from core/domain/after_sales.json: every collection, guard, view and act, for people to read.

    python3 tools/domain_page.py            writes the page
    python3 tools/domain_page.py --check    says whether it is stale, exit code 1 if so (run by ctest)
"""

import json
import os
import sys

SOURCE = "core/domain/after_sales.json"
PAGE = "docs/domain.md"

RULES = {
    "immutable": "set once",
    "append": "only gets longer",
    "office": "the office writes; a technician's edit is a proposal",
    "technician": "the technician writes; the office's edit is a comment",
    "first_wins": "who is accepted first has it",
    "first_wins(ask_human)": "who is accepted first has it; a second one is a case",
    "server": "headquarters computes it; a phone's value is a forecast",
    "state_from_events": "moves by its steps; any other step waits for a person",
    "three_way(office)": "either side; both at once: the office's stands",
    "three_way(technician)": "either side; both at once: the technician's stands",
    "three_way(keep_both)": "either side; both at once: both texts",
    "three_way(ask_human)": "either side; both at once: a person decides",
    "grows": "only grows; a smaller one is a case",
    "add_wins": "a set: everybody adds, adding wins",
    "keep_both": "both paragraphs are kept",
    "ask_human": "a person decides when both changed it",
}
PHASES = {
    "office_until": "the office's until *{}*, then the technician's",
    "technician_until": "the technician's until *{}*, then the office's",
    "sealed": "the technician's until *{}*, then only an amendment",
}
TYPES = {
    "bool": "yes/no", "int": "number", "text": "text", "bytes": "bytes", "digest": "SHA-256", "time": "time (ms UTC)",
    "money": "money (fen)", "quantity": "quantity (1/1000)", "geo": "degree × 10⁷", "text_list": "list of texts",
    "strokes": "pen strokes",
}

HEAD = """# What the built-in rules hold

Made by `python3 tools/domain_page.py` from [after_sales.json](../core/domain/after_sales.json): change that file, not
this page. The words are explained in [SCHEMA.md](../core/schema/SCHEMA.md), the rules with running examples in
[RULES.md](../core/merge/RULES.md).

How to read it: a **document** is edited, and each of its fields has one rule that says who may write it and what stands
when two did unseen; a **fact** is written once and corrected by another one. What is required is bold. Lists of values
are what a phone accepts; money is minor units, quantities are thousandths, times are milliseconds since 1970 UTC.
"""


def label(thing):
    labels = thing.get("label", {})
    return labels.get("zh", ""), labels.get("en", "")


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def type_words(field):
    kind = field["type"]
    if kind in ("reference", "reference_list"):
        target = f"[{field['references']}](#{field['references']})"
        words = ("" if kind == "reference" else "list of ") + target
        return words + (", brings it along" if field.get("follow") else "")
    words = TYPES[kind]
    if "values" in field:
        return ("one of `" if kind == "text" else "some of `") + "` `".join(field["values"]) + "`"
    if "size_max" in field:
        words += f", at most {field['size_max']}" + (" bytes" if kind in ("text", "bytes") else "")
    if "min" in field or "max" in field:
        words += f", {field.get('min', '')} … {field.get('max', '')}".replace(",  …", ", …").rstrip()
    return words


def rule_words(field, is_fact):
    if is_fact:
        return ""
    rule = field["rule"]
    name, _, event = rule.partition("(")
    words = PHASES[name].format(event.rstrip(")")) if name in PHASES else RULES[rule]
    default = field.get("safe_default")
    if default:
        words += f" (meanwhile: {default})"
    if "hold" in field:
        words += f"; becomes `{field['hold']['as']}` while a case is open on {', '.join(field['hold']['on'])}"
    if field.get("four_eyes"):
        words += "; two people decide"
    return words


def sight_words(name, collection):
    words = []
    if collection.get("shared"):
        words.append("every phone")
    if "scope_field" in collection:
        words.append(f"the phone of whom `{collection['scope_field']}` names")
    if "parent" in collection:
        above = collection["fields"][collection["parent"]]["references"]
        words.append(f"whoever has its [{above}](#{above})")
    return words


def followers(collections, name):
    found = []
    for other, collection in collections.items():
        for field, terms in collection["fields"].items():
            if terms.get("follow") and terms.get("references") == name:
                found.append(f"whoever has a [{other}](#{other}) whose `{field}` it is")
    return found


def writers(acts, name):
    found = []
    for act, terms in acts.items():
        makes = any(made["collection"] == name for made in terms.get("creates", []))
        if makes or (terms.get("sets") and terms.get("about") == name):
            found.append(f"[{act}](#act-{act})")
    return found


def collection_part(schema, name):
    collection = schema["collections"][name]
    is_fact = collection["kind"] == "fact"
    zh, en = label(collection)
    lines = [f"### {name}", "", f"**{zh} · {en}** — {collection['kind']}.", ""]
    sight = sight_words(name, collection) + followers(schema["collections"], name)
    lines.append("On phones: " + ("; ".join(sight) if sight else "none, headquarters only") + ".")
    if "organisation_field" in collection:
        lines.append(f"Belongs to the organisation that `{collection['organisation_field']}` names, and is seen by "
                     "accounts bound to it or to one above.")
    for key in collection.get("unique", []):
        fields = key["fields"] if isinstance(key, dict) else key
        unless = f", unless `{key['unless']}` is filled" if isinstance(key, dict) else ""
        lines.append(f"Named by `{'` + `'.join(fields)}`: two records with the same open a case{unless}.")
    doers = writers(schema.get("acts", {}), name)
    if doers:
        lines.append("Written by the acts " + ", ".join(doers) + ".")
    lines += ["", "| Field | 中文 | What | Holds |" + ("" if is_fact else " Rule |"),
              "|---|---|---|---|" + ("" if is_fact else "---|")]
    for field, terms in collection["fields"].items():
        field_zh, field_en = label(terms)
        shown = f"**`{field}`**" if terms.get("required") else f"`{field}`"
        row = [shown, field_zh, field_en, type_words(terms)] + ([] if is_fact else [rule_words(terms, is_fact)])
        lines.append("| " + " | ".join(cell(part) for part in row) + " |")
    lines.append("")
    for event, terms in collection.get("events", {}).items():
        what = f"a [{terms['fact']}](#{terms['fact']})" if "fact" in terms else "the record itself"
        lines.append(f"*{event}* happens when {what} has `{terms['field']}` = `{terms['equals']}`.")
    for field, terms in collection["fields"].items():
        if "transitions" in terms:
            steps = ", ".join(f"{a} → {b}" for a, b in terms["transitions"])
            lines.append(f"Steps of `{field}`: {steps}.")
    return lines + [""]


def ledger_part(name, ledger):
    zh, en = label(ledger)
    bound = "what one side handed over is what the other received" if ledger.get("two_sided") else (
        "what was counted is what had moved until then" if any("states" in e for e in ledger["entries"]) else
        f"no account below {ledger.get('at_least', 0)}")
    if "within_hours" in ledger:
        bound += f", and the other side speaks within {ledger['within_hours']} hours"
    lines = [f"**`{name}`** {zh} · {en}: {bound}" + (
        f"; `{'` `'.join(ledger['outside'])}` are not kept." if "outside" in ledger else "."), ""]
    for entry in ledger["entries"]:
        ways = {"gives": "to", "takes": "from", "states": "of"}
        sign, way = next(pair for pair in ways.items() if pair[0] in entry)
        amount = f"`{entry[sign]}`" if entry[sign] != 1 else "1"
        terms = [f"`{k}` is empty" if v is None else f"`{k}` = `{v}`" for k, v in entry.get("where", {}).items()]
        where = " where " + ", ".join(terms) if terms else ""
        account = "` + `".join(entry["account"])
        at = f", as of `{entry['at']}`" if "at" in entry else ""
        lines.append(f"- [{entry['of']}](#{entry['of']}){where} {sign} {amount} {way} `{account}`{at}")
    return lines + [""]


def sql_text(sql):
    return sql if isinstance(sql, str) else "\n".join(sql)


def view_part(name, view):
    zh, en = label(view)
    places = {"phone": "on phones", "office": "at headquarters"}
    at = places.get(view.get("at", "both"), "on phones and at headquarters")
    return [f"### view {name}", "", f"**{zh} · {en}** — {at}.", "", "```sql", sql_text(view["sql"]), "```", ""]


def act_part(name, act):
    zh, en = label(act)
    doers = {"office": "headquarters", "both": "technician or headquarters"}
    by = doers.get(act.get("by", "technician"), "technician")
    about = f", about a [{act['about']}](#{act['about']})" if "about" in act else ""
    lines = [f"### act {name}", "", f"**{zh} · {en}** — {by}{about}.", ""]
    for argument, terms in act.get("takes", {}).items():
        arg_zh, arg_en = label(terms)
        need = "**" if terms.get("required") else ""
        lines.append(f"- takes {need}`{argument}`{need} {arg_zh} {arg_en}: {type_words(terms)}")
    for condition in act.get("requires", []):
        say = condition["say"]
        warn = "warns" if condition.get("warn") else "needs"
        lines.append(f"- {warn}: {say.get('zh', '')} {say.get('en', '')}")
    for made in act.get("creates", []):
        applies = " when it applies" if "when" in made else ""
        lines.append(f"- writes a [{made['collection']}](#{made['collection']}){applies}")
    if act.get("sets"):
        lines.append("- sets `" + "` `".join(act["sets"]) + "`")
    return lines + [""]


def page_of(schema):
    lines = [HEAD, f"Version {schema['version']}: {len(schema['collections'])} collections, "
             f"{len(schema.get('ledgers', {}))} ledgers, {len(schema.get('views', {}))} views, "
             f"{len(schema.get('acts', {}))} acts.", "", "| 中文 | | Name |", "|---|---|---|"]
    for name, collection in schema["collections"].items():
        zh, en = label(collection)
        lines.append(f"| {zh} | {en} | [{name}](#{name}) |")
    lines += ["", "## Collections", ""]
    for name in schema["collections"]:
        lines += collection_part(schema, name)
    if schema.get("ledgers"):
        lines += ["## What must add up", "", "A sum out of its bounds opens a case and refuses nothing.", ""]
        for name, ledger in schema["ledgers"].items():
            lines += ledger_part(name, ledger)
    if schema.get("views"):
        lines += ["## Views", "", "Computed where they are asked for, never synced: `select * from van_stock`.", ""]
        for name, view in schema["views"].items():
            lines += view_part(name, view)
    if schema.get("acts"):
        lines += ["## Acts", "", "What a person does, and what must be so first. All that is missing is told at once; "
                  "what only warns may be done all the same.", ""]
        for name, act in schema["acts"].items():
            lines += act_part(name, act)
    return "\n".join(lines).rstrip("\n") + "\n"


def main(arguments):
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    with open(os.path.join(root, SOURCE), encoding="utf-8") as file:
        page = page_of(json.load(file))
    path = os.path.join(root, PAGE)
    if "--check" not in arguments:
        with open(path, "w", encoding="utf-8") as file:
            file.write(page)
        return 0
    if os.path.exists(path) and open(path, encoding="utf-8").read() == page:
        return 0
    print(f"{PAGE}: does not say what {SOURCE} says; run: python3 tools/domain_page.py")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
