"""Limits that several pages mention, each from the constant that defines it."""

from types import MappingProxyType

from mapservice import withdrawal_log
from mapservice.privacy import notifications, reports
from mapservice.privacy.home_changes import COOLDOWN, MAX_CORRECTIONS
from mapservice.privacy.messages import UNANSWERED
from mapservice.store.figures import audit_log
from mapservice.store.site import mail_queue

#: For templates, which must not repeat the numbers.
LIMITS = MappingProxyType(
    {
        "absence_days": notifications.ABSENCE.days,
        "backup_days": withdrawal_log.RETENTION.days,
        "corrections": MAX_CORRECTIONS,
        "failure_days": mail_queue.FAILURE_RETENTION.days,
        "location_days": COOLDOWN.days,
        "log_years": audit_log.RETENTION.days // 365,
        "unanswered_days": UNANSWERED.days,
        "report_days": reports.RETENTION.days,
    }
)
