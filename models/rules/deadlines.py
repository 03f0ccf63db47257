"""One rule for time: what a batch's deadlines refuse, judged by the time of receipt (DOMAIN 3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from config.clock import SHANGHAI, local_text
from models.rules.lifecycle import Until
from models.rules.plan import EnrolmentType, PlanYear, window_refusal
from models.rules.refusal import Refused

NOT_CONFIRMED = "未在规定期限内提交确认保费"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """What time allows one batch. `reinstated_until` replaces every deadline of a batch that was reinstated (T25)."""

    plan: PlanYear
    enrolment_type: EnrolmentType
    batch_no: str = ""
    central_extension_until: datetime | None = None
    """Of a grant (DOMAIN 5.6); one before the plan's own close changes nothing."""
    confirm_since: date | None = None
    """The later of 清册提交 and the last 重新选择保障项目: instant premiums are confirmed within days of it."""
    cutoff_on: date | None = None
    """缴费截止日, kept when the projects are chosen again (T13)."""
    resubmit_by: date | None = None
    """Until when a rejected voucher may be submitted again."""
    projects_locked: bool = False
    reinstated_until: datetime | None = None

    @property
    def window_closes_at(self) -> datetime:
        """`effective_central_close`, or the end of instant enrolment.

        For the roster of an instant batch that end holds also where the batch was reinstated until later: cover begins
        on the day after the submission, and on the last day of the year that is too late. Premium and payment of a
        batch that is submitted go by `reinstated_until` alone.
        """
        if self.enrolment_type is EnrolmentType.INSTANT:
            return min(self.plan.instant_close_at, self.reinstated_until or self.plan.instant_close_at)
        if self.reinstated_until is not None:
            return self.reinstated_until
        return max(self.plan.central_close_at, self.central_extension_until or self.plan.central_close_at)

    @property
    def is_its_own(self) -> bool:
        """Whether its window closes otherwise than that of the plan year: it was reinstated, or granted more time."""
        central = self.enrolment_type is EnrolmentType.CENTRAL
        return self.window_closes_at != (self.plan.central_close_at if central else self.plan.instant_close_at)

    @property
    def confirm_before(self) -> datetime | None:
        """When an unconfirmed instant premium expires (J07); None where only the window ends it."""
        if self.reinstated_until is not None:
            return self.reinstated_until
        if self.enrolment_type is EnrolmentType.CENTRAL or self.confirm_since is None:
            return None
        return end_of(self.confirm_since + timedelta(days=self.plan.fee_confirm_days_instant))

    def ends(self, until: Until) -> datetime | None:
        """From when on it is too late, and the batch expires (T21 to T24); None: never, or it has no such date.

        A cut-off that was kept (T13) refuses the confirmation of a premium earlier, but nothing expires by it.
        """
        match until:
            case Until.WINDOW_CLOSES:
                return self.window_closes_at
            case Until.PREMIUM_CONFIRMED:
                return self.confirm_before
            case Until.PAID:
                return self._payment_ends(self.cutoff_on)
            case Until.PAID_AGAIN:
                return self._payment_ends(self.resubmit_by)
            case _:
                return None

    def refusal(self, until: Until, now: datetime) -> Refused | None:
        """Why an action received at `now` comes too early or too late; None while there is time for it."""
        central = self.enrolment_type is EnrolmentType.CENTRAL
        match until:
            case Until.WINDOW_CLOSES:
                refusal = self.window_refusal(now)
            case Until.PREMIUM_CONFIRMED:
                refusal = self._confirmation_refusal(now) or self._payment_refusal(self.cutoff_on, now)
            case Until.ROSTER_WITHDRAWN:
                refusal = self._too_late_to_withdraw(now)
            case Until.PROJECTS_WITHDRAWN if central:
                refusal = self._too_late_to_withdraw(now)
            case Until.PROJECTS_WITHDRAWN if self.projects_locked:
                refusal = Refused("WDR-005")
            case Until.PROJECTS_WITHDRAWN | Until.PAID:
                refusal = self._payment_refusal(self.cutoff_on, now)
            case Until.PAID_AGAIN:
                refusal = self._payment_refusal(self.resubmit_by, now)
            case Until.ALWAYS:
                refusal = None
        return refusal

    def window_refusal(self, now: datetime) -> Refused | None:
        """WIN-001 to WIN-004; windows are half-open."""
        if self.reinstated_until is None:
            return window_refusal(self.plan, self.enrolment_type, now, self.central_extension_until)
        if now < self.window_closes_at:
            return None
        if self.enrolment_type is EnrolmentType.CENTRAL:
            return Refused("WIN-002", close=local_text(self.reinstated_until))
        return Refused("WIN-004", year=self.plan.plan_year)

    def _confirmation_refusal(self, now: datetime) -> Refused | None:
        if self.enrolment_type is EnrolmentType.CENTRAL:
            return self.window_refusal(now)
        if self.confirm_before is None or now < self.confirm_before:
            return None
        return Refused("BAT-006", date=_last_day(self.confirm_before), reason=NOT_CONFIRMED)

    def _payment_refusal(self, last_day: date | None, now: datetime) -> Refused | None:
        ends = self._payment_ends(last_day)
        if ends is None or now < ends:
            return None
        return Refused("PAY-009", batch=self.batch_no, date=_last_day(ends))

    def _payment_ends(self, last_day: date | None) -> datetime | None:
        return self.reinstated_until or (end_of(last_day) if last_day else None)

    def _too_late_to_withdraw(self, now: datetime) -> Refused | None:
        if now < self.window_closes_at:
            return None
        return Refused("WIN-005" if self.enrolment_type is EnrolmentType.CENTRAL else "WDR-006")


def end_of(day: date) -> datetime:
    """24时 of a day in Shanghai, which is 00:00 of the next."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=SHANGHAI)


def _last_day(ends: datetime) -> str:
    return (ends.astimezone(SHANGHAI) - timedelta(microseconds=1)).date().isoformat()
