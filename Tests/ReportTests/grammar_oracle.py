"""Compares the parser's verdicts on texts with those of another parser of the same grammar.

    python3 -m pip install lark
    python3 Tests/ReportTests/grammar_oracle.py SAMPLE

`SAMPLE` has a line of JSON for each text, as GrammarSampleTests writes it. A text has to be read by
both or refused by both. Limits that no grammar states are left aside, and so are the words of other
tools, which the grammar takes for names. Ends with 1 where the two differ.
"""

import json
import pathlib
import sys

import lark

GRAMMAR = pathlib.Path(__file__).parent.parent / "Data/grammar/mandi.lark"
# Texts in double quotes, dates in arithmetic, dates and numbers that do not exist, words of other
# tools, clauses that stand twice, whole numbers, and sizes.
MEANING = {1003, 1004, 1005, 1009, 1102, 1104, 1110, 5110, 5111, 5112}


def reads(parser, text):
    try:
        parser.parse(text)
        return True
    except lark.exceptions.UnexpectedInput:
        return False


def main():
    parser = lark.Lark(GRAMMAR.read_text(), start="script", parser="earley", ambiguity="resolve")
    count = accepted = 0
    differences = []
    for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
        verdict = json.loads(line)
        text, errors = verdict["text"], verdict["errors"]
        # The other grammar knows no nested comments and no byte order mark; an empty text is no script.
        if "/*" in text or "\ufeff" in text or not text.strip():
            continue
        count += 1
        other = reads(parser, text)
        accepted += other
        # What follows such a mistake may be read wrongly too.
        if other != (not errors) and not (other and errors[0] in MEANING):
            differences.append((text, errors, other))
    for text, errors, other in differences[:40]:
        print(f"{'only the oracle' if other else 'only the parser'} reads: {text!r} {errors or ''}")
    print(f"{count} texts, {accepted} read by the oracle, {len(differences)} differences")
    sys.exit(1 if differences else 0)


main()
