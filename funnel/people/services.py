"""All services of people and places, wired to one another: what a process builds once and hands to its routes."""

from funnel.core.clock import Clock
from funnel.core.data_folder import secret_key
from funnel.core.database import Database
from funnel.core.settings import Settings
from funnel.people.accounts import Accounts
from funnel.people.agents import Agents
from funnel.people.api_keys import ApiKeys
from funnel.people.channel_contacts import ChannelContacts
from funnel.people.contact_book import ContactBook
from funnel.people.contact_presence import ContactPresence
from funnel.people.contacts import Contacts
from funnel.people.credentials import Credentials, Revocation
from funnel.people.directory import Directory
from funnel.people.erasures import Erasures
from funnel.people.hooks import Hooks
from funnel.people.hours_store import BusinessHours
from funnel.people.inbox_templates import InboxTemplates
from funnel.people.inboxes import Channels, Inboxes
from funnel.people.joins import Joins
from funnel.people.merges import Merges
from funnel.people.passwords import Passwords
from funnel.people.presence import Presence
from funnel.people.sealing import Unsealer, secret_box
from funnel.people.sites import Sites
from funnel.people.teams_queues import Queues, Teams
from funnel.people.webhooks import Webhooks


class People:
    """Every change is in this process's directory when the method returns, and costs its credentials at once."""

    def __init__(
        self,
        db: Database,
        settings: Settings,
        clock: Clock,
        credentials: Credentials,
        directory: Directory,
        channels: Channels | None = None,
    ) -> None:
        sealer = Unsealer(settings)
        self.accounts = Accounts(db, sealer)

        async def changed() -> None:
            self.accounts.forget()
            await directory.refresh()

        def signed_out(agent_id: str) -> None:
            credentials.revoke(Revocation("agent", agent_id))

        def key_ended(key_id: str) -> None:
            credentials.revoke(Revocation("key", key_id))

        self.sites = Sites(db, secret_box(secret_key(settings)), clock, changed)
        self.teams = Teams(db, clock, changed)
        self.queues = Queues(db, clock, changed)
        self.agents = Agents(db, clock, changed=changed, signed_out=signed_out)
        self.hours = BusinessHours(db, clock, changed)
        self.inboxes = Inboxes(db, clock, changed, sealer=sealer, channels=channels)
        self.templates = InboxTemplates(db)
        self.visitors = credentials.visitors
        self.webhooks = Webhooks(db, sealer)
        self.hooks = Hooks(db, sealer)
        self.api_keys = ApiKeys(db, clock, key_ended)
        self.passwords = Passwords(db, clock, signed_out)
        self.presence = Presence(db, changed)
        self._know_contacts(db, credentials)

    def _know_contacts(self, db: Database, credentials: Credentials) -> None:
        self.contacts = Contacts(db, credentials.forget)
        self.contact_book = ContactBook(db, credentials.forget)
        self.channel_contacts = ChannelContacts(db)
        self.contact_presence = ContactPresence(db)
        self.joins = Joins(db)

        def moved(contact_id: str) -> None:
            credentials.revoke(Revocation("visitor", contact_id))

        self.merges = Merges(db, moved)
        self.erasures = Erasures(db, moved)
