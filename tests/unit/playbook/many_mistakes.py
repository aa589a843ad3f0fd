"""A playbook with forty mistakes of all sorts, and what is said of each."""

MANY = """\
format = 1
nmae = "x"
version = 2
lateness = "7 dogs"

[community]
key = "c"
zone = "Asia/Shangai"
quiet_hours = "23-7"
groups = []

[[group]]
key = "hall"
capacity = 0

[[group]]
key = "hall"
capacity = 1.9

[[role]]
name = "owner"
rank = "12"

[[tiers]]
key = "grade"
tier = [{ key = "fan" }, { key = "fan" }, { titlee = {} }]

[[rule]]
code = "ads"
severity = "sever"
weight = true

[measures]
a = "b and c"
b = 'count("message", "30d") >= 20'
d = "e"
e = "d"
f = "count("

[events]
words = ["signed_in", "message"]

[approval]
needs = 0
duty = "boss"

[[policy]]
kind = "penalty_laddr"

[[policy]]
kind = "penalty_ladder"
key = "ladder"
categories = ["adz"]
immediate = { ads = { at = 1, kind = "expel" } }
steps = [
  { at = 1, kind = "remindr" },
  { at = 0, kind = "mute", duration = "ninety" },
  { at = 3, kind = "remove", duration = "3d" },
]

[[policy]]
kind = "penalty_ladder"
key = "ladder"
steps = [{ at = 2, kind = "mute" }, { at = 1, kind = "reminder" }]

[[policy]]
kind = "rule_watch"
key = "watch"
rule = "flooding"
when = 'count("mesage", "30d") >= 20 and regular and has("role", "ownr")'
mode = "propose"

[[policy]]
kind = "funnel"
key = "funnel"
steps = [
  { event = "mesage" },
  { event = "message", where = { groupp = "x" } },
]

[[campaign]]
key = "x"
since = 2026-01-01T10:00:00
until = "tomorrow"
groups = ["hal"]
budget = "5 yuan"
"""

# Line, path, what is said, part of the cure ("" where there is none).
EXPECTED = [
    (2, "nmae", "unknown key `nmae`", "did you mean `name`?"),
    (3, "version", "expected a text, found `2`", "put it in quotes"),
    (
        4,
        "lateness",
        "expected a duration such as `90d`, `24h` or `1 month`, found `7 dogs`",
        "",
    ),
    (
        8,
        "community.zone",
        "expected an IANA time zone such as `Asia/Shanghai`, found `Asia/Shangai`",
        "did you mean `Asia/Shanghai`?",
    ),
    (
        9,
        "community.quiet_hours",
        "expected quiet hours such as `23:00-07:00`, found `23-7`",
        "",
    ),
    (
        10,
        "community.groups",
        "unknown key `groups`",
        "it stands at the top of the file, as `[[group]]`",
    ),
    (14, "group[0].capacity", "expected at least 1, found `0`", ""),
    (
        17,
        "group[1].key",
        "expected each `key` once, found `hall` a second time",
        "the first is `group[0]`",
    ),
    (18, "group[1].capacity", "expected a whole number, found `1.9`", ""),
    (
        22,
        "role[0].rank",
        'expected a whole number, found `"12"`',
        "remove the quotes",
    ),
    (
        26,
        "tiers[0].tier[1].key",
        "expected each `key` once, found `fan` a second time",
        "the first is `tiers[0].tier[0]`",
    ),
    (26, "tiers[0].tier[2].titlee", "unknown key `titlee`", "did you mean `title`?"),
    (
        26,
        "tiers[0].tier[2]",
        "expected the key `key`",
        "the name that others refer to",
    ),
    (
        30,
        "rule[0].severity",
        "expected one of `minor`, `serious`, `severe`, found `sever`",
        "did you mean `severe`?",
    ),
    (31, "rule[0].weight", "expected a whole number, found `true`", ""),
    (
        34,
        "measures.a",
        "expected a name that `measures` defines, found `c` at column 7",
        "",
    ),
    (
        36,
        "measures.d",
        "expected measures that end in figures, found a ring: `d` → `e` → `d`",
        "",
    ),
    (
        38,
        "measures.f",
        "expected a condition, found the end at column 7",
        "",
    ),
    (
        41,
        "events.words[1]",
        "expected a word of its own, found `message`, which is shipped",
        "remove it: shipped events need no declaration",
    ),
    (44, "approval.needs", "expected at least 1, found `0`", ""),
    (
        48,
        "policy[0].kind",
        "expected a kind of policy, found `penalty_laddr`",
        "did you mean `penalty_ladder`?",
    ),
    (
        53,
        "policy[1].categories",
        "expected one of `ads`, found `adz`",
        "did you mean `ads`?",
    ),
    (
        54,
        "policy[1].immediate.ads.kind",
        (
            "expected one of `reminder`, `delete_content`, `education`, `phone_call`,"
            " `warning`, `mute`, `suspend`, `remove`, `ban`, found `expel`"
        ),
        "",
    ),
    (
        56,
        "policy[1].steps[0].kind",
        (
            "expected one of `reminder`, `delete_content`, `education`, `phone_call`,"
            " `warning`, `mute`, `suspend`, `remove`, `ban`, found `remindr`"
        ),
        "did you mean `reminder`?",
    ),
    (57, "policy[1].steps[1].at", "expected at least 1, found `0`", ""),
    (
        57,
        "policy[1].steps[1].duration",
        "expected a duration such as `90d`, `24h` or `1 month`, found `ninety`",
        "",
    ),
    (
        58,
        "policy[1].steps[2]",
        "expected no duration on `remove`, which is done at once",
        "remove `duration`, or choose mute, suspend or ban",
    ),
    (
        61,
        "policy[2]",
        (
            "expected steps of ladder `ladder` to rise, found `reminder` at 1 after"
            " `mute` at 2"
        ),
        "order steps by number; a later one is never milder",
    ),
    (
        63,
        "policy[2].key",
        "expected each `key` once, found `ladder` a second time",
        "the first is `policy[1]`",
    ),
    (69, "policy[3].rule", "expected one of `ads`, found `flooding`", ""),
    (
        70,
        "policy[3].when",
        "expected a name that `measures` defines, found `regular` at column 34",
        "",
    ),
    (
        70,
        "policy[3].when",
        "expected an event kind, found `mesage` at column 8",
        "did you mean `message`?",
    ),
    (
        70,
        "policy[3].when",
        "expected a role that the playbook has, found `ownr` at column 59",
        "did you mean `owner`?",
    ),
    (
        71,
        "policy[3].mode",
        "expected a role `boss` that can agree, found none",
        'add `[[role]] name = "boss"`, or name another in `[approval]`',
    ),
    (73, "policy[4]", "expected the key `window`", ""),
    (
        77,
        "policy[4].steps[0].event",
        "expected an event word, found `mesage`",
        "did you mean `message`?",
    ),
    (
        78,
        "policy[4].steps[1].where.groupp",
        "expected a field of `message`, found `groupp`",
        "did you mean `group`?",
    ),
    (
        83,
        "campaign[0].since",
        "expected an instant with its offset, found `2026-01-01T10:00:00`",
        "write `2026-01-01T10:00:00+08:00`, or the offset of the place",
    ),
    (
        84,
        "campaign[0].until",
        (
            "expected an instant such as `2026-11-21T20:00:00+08:00`, without quotes,"
            ' found `"tomorrow"`'
        ),
        "",
    ),
    (
        85,
        "campaign[0].groups[0]",
        "expected one of `hall`, found `hal`",
        "did you mean `hall`?",
    ),
    (
        86,
        "campaign[0].budget",
        "expected an amount such as `500.00 CNY`, found `5 yuan`",
        "write the amount, a space and the three letters of the currency",
    ),
]
