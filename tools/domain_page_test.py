#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""domain_page.py says what the schema says, and in words: each test writes a small schema of its own."""

import unittest

import domain_page

SMALL = {
    "version": 1,
    "collections": {
        "van": {
            "kind": "document", "label": {"zh": "车", "en": "Van"}, "scope_field": "driver", "unique": [["plate"]],
            "fields": {
                "plate": {"type": "text", "rule": "immutable", "required": True, "label": {"zh": "车牌", "en": "Plate"}},
                "driver": {"type": "text", "rule": "office_until(left)", "label": {"zh": "司机", "en": "Driver"}},
            },
            "events": {"left": {"field": "driver", "equals": "li"}},
        },
        "load": {
            "kind": "fact", "label": {"zh": "装车", "en": "Load"}, "parent": "van", "organisation_field": "depot",
            "fields": {"van": {"type": "reference", "references": "van", "label": {"zh": "车", "en": "Van"}},
                       "depot": {"type": "reference", "references": "van", "label": {"zh": "仓", "en": "Depot"}},
                       "weight": {"type": "quantity", "min": 1, "label": {"zh": "重量", "en": "Weight"}}},
        },
    },
    "ledgers": {"cargo": {"label": {"zh": "货", "en": "Cargo"}, "outside": ["depot"],
                          "entries": [{"of": "load", "account": ["van"], "takes": "weight"}]}},
    "views": {"heavy": {"label": {"zh": "重", "en": "Heavy"}, "sql": ["select *", "from load"]}},
    "acts": {"drive": {"label": {"zh": "开车", "en": "Drive"}, "about": "van",
                       "takes": {"place": {"type": "text", "required": True, "label": {"zh": "地点", "en": "Place"}}},
                       "requires": [{"holds": "1", "say": {"zh": "须有驾照", "en": "needs a licence"}}],
                       "creates": [{"collection": "load", "as": "l", "set": {"van": ":about"}}]}},
}


class Page(unittest.TestCase):
    def setUp(self):
        self.page = domain_page.page_of(SMALL)

    def test_rules_are_told_in_words(self):
        self.assertIn("| `driver` | 司机 | Driver | text | the office's until *left*, then the technician's |", self.page)
        self.assertIn("| **`plate`** | 车牌 | Plate | text | set once |", self.page)

    def test_it_says_whose_phone_gets_what(self):
        self.assertIn("On phones: the phone of whom `driver` names.", self.page)
        self.assertIn("On phones: whoever has its [van](#van).", self.page)

    def test_it_says_whose_a_record_is(self):
        self.assertIn("Belongs to the organisation that `depot` names, and is seen by accounts bound to it", self.page)

    def test_guards_views_and_acts_are_on_it(self):
        self.assertIn("- [load](#load) takes `weight` from `van`", self.page)
        self.assertIn("Named by `plate`", self.page)
        self.assertIn("```sql\nselect *\nfrom load\n```", self.page)
        self.assertIn("- needs: 须有驾照 needs a licence", self.page)
        self.assertIn("Written by the acts [drive](#act-drive).", self.page)

    def test_an_unknown_rule_is_not_passed_over(self):
        van = dict(SMALL["collections"]["van"])
        van["fields"] = {"plate": {"type": "text", "rule": "by_lot", "label": {}}}
        with self.assertRaises(KeyError):
            domain_page.page_of(dict(SMALL, collections={"van": van}))


if __name__ == "__main__":
    unittest.main()
