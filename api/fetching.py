"""The ways in without a public address, built together: mailboxes by IMAP, Telegram by long polling."""

from dataclasses import dataclass

from bots.egress import Egress
from bots.intake.worker import Intake
from bots.polling.keeping import Keeper
from bots.polling.mailbox import MailboxPoller
from bots.polling.running import Pollers
from bots.polling.telegram import TelegramPoller
from funnel.core.clock import Clock
from funnel.core.database import Database
from funnel.core.settings import Settings
from funnel.people.accounts import Accounts
from funnel.people.sealing import Unsealer
from funnel.turns.arrivals import Arrivals
from funnel.turns.polls import Polls


@dataclass(frozen=True)
class Fetching:
    """What fetches, how far it has come, and who decides which process does it."""

    pollers: Pollers
    polls: Polls
    telegram: TelegramPoller


def build_fetching(
    settings: Settings,
    clock: Clock,
    db: Database,
    accounts: Accounts,
    sealer: Unsealer,
    egress: Egress,
    intake: Intake,
) -> Fetching:
    """All parts; what they keep is read by the intake."""
    polls = Polls(db.pool)
    keeper = Keeper(Arrivals(db.pool), accounts, sealer, polls, intake.wake)
    mailboxes = MailboxPoller(keeper, clock, settings.egress)
    telegram = TelegramPoller(egress, keeper, clock)
    return Fetching(Pollers(polls, accounts, {"email": mailboxes, "telegram": telegram}), polls, telegram)
