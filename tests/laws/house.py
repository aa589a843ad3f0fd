"""A playbook in which people order, agree, appeal, act first and change the rules."""

HOUSE = """
format = 1
name = "house"

[community]
key = "house"
zone = "Asia/Shanghai"

[community.roster.days]
holidays = ["2026-05-05"]
shifted = ["2026-05-09"]

[[community.roster.shifts]]
roles = ["host"]
hours = ["09:00-18:00"]

[[group]]
key = "hall"

[approval]
duty = "owner"
needs = 1
within = "3d"
rules = [
  { of = ["ban", "remove"], needs = 2, also = ["admin"], proposer = "first_voice" },
]

[[role]]
name = "owner"
rank = 9
permissions = [
  "report_breach", "overturn_strike", "impose_sanction", "lift_sanction",
  "remove_member", "assign_role", "clear_record", "roll_back",
]

[[role]]
name = "admin"
rank = 5
permissions = ["report_breach", "impose_sanction", "lift_sanction", "assign_role"]
limits = [{ kind = "mute", longest = "24h" }, { kind = "ban" }]

[[role]]
name = "host"
rank = 3
permissions = ["report_breach"]

[[rule]]
code = "ads"

[[rule]]
code = "flood"
severity = "serious"

[[policy]]
kind = "authority"
key = "authority"
rights = { unlisted = "allow", lift_by = ["issuer", "owner"] }

[[policy]]
kind = "emergency_acts"
key = "emergency"
grounds = ["ad_flood", "account_stolen"]
acting = ["host", "admin"]
report_within = "24h"

[[policy]]
kind = "petition"
key = "petition"
signatures = 2
roles = ["host", "admin", "owner"]
within = "2d"

[[policy]]
kind = "council_order"
key = "council"
roles = ["owner"]
effect_after = "1d"

[[policy]]
kind = "rule_vote"
key = "vote"
open_for = "1d"
quorum = 2

[[policy]]
kind = "manager_dispute"
key = "disputes"
duty = "owner"
roles = ["host", "admin"]
within = "2d"

[[policy]]
kind = "permit"
key = "ads"
rule = "ads"
what = "ad"
granted_by = ["owner"]

[[policy]]
kind = "report_desk"
key = "reports"
decide_within = "2d"
duties = ["host", "admin"]
appeals = { window = "20d", reviewers = ["admin", "owner"] }

[[policy]]
kind = "report_threshold"
key = "many_reports"
measure = "mute"
duration = "24h"
needs_score = 200
needs_reporters = 2
spares = ["owner"]

[[policy]]
kind = "complaint_desk"
key = "complaints"
stages = [
  { stage = "response", within = "1d" },
  { stage = "resolution", within = "3d" },
  { stage = "root_cause", within = "14d" },
]
duties = ["host", "admin", "owner"]
phone_only = ["service"]
appeals = { window = "20d", reviewers = ["owner"] }

[[policy]]
kind = "appeal"
key = "appeals"
terms = { window = "20d", reviewers = ["admin", "owner"], decide_within = "7d" }

[[policy]]
kind = "penalty_ladder"
key = "ladder"
steps = [
  { at = 1, kind = "reminder" },
  { at = 2, kind = "mute", duration = "24h" },
  { at = 3, kind = "ban" },
]

[[policy]]
kind = "rule_reminder"
key = "reminder"
schedule = "FREQ=WEEKLY;BYDAY=TU,SU;BYHOUR=20"
tight_schedule = "FREQ=DAILY;BYHOUR=20"

[[policy]]
kind = "case_summary"
key = "summary"
period = "week"

[[policy]]
kind = "rule_review"
key = "review"
schedule = "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9"
duty = "owner"

[[policy]]
kind = "response_time"
key = "answers"
duty = "host"
within = "1h"
escalation = [{ after = "2h", duty = "admin" }]

[[policy]]
kind = "staff_conduct"
key = "conduct"
roles = ["host", "admin"]
supervisor = "owner"
present = 'active_days("7d") >= 3'

[[policy]]
kind = "staff_care"
key = "care"
roles = ["host", "admin"]
fall = { days = 3, least = 1 }
"""
