"""The desk in a real browser: the agent's side of the golden path, two who claim, drafts, saved replies, keys alone."""

import pytest
from playwright.async_api import Browser, expect

from funnel.core.ids import new_id
from tests.api.standing import PNG
from tests.e2e.agents import DeskAgent
from tests.e2e.conftest import Demo
from tests.e2e.desk import open_desk
from tests.e2e.visitors import events_of, visitor_of, waiting

pytestmark = pytest.mark.slow


async def test_take_next_know_why_reply_with_a_file_resolve(
    browser: Browser, demo: Demo, agent: DeskAgent
) -> None:
    visitor = await visitor_of(demo, "Maya Fischer")
    conversation_id = await waiting(visitor, "Where is my order 4711? It was due on 2026-11-20, €129.00 paid")
    async with open_desk(browser, demo) as desk:
        row = desk.page.locator("[data-row]", has_text="Maya Fischer")
        await row.click()
        await expect(desk.page).to_have_url(f"{demo.banner['base_url']}/desk/inbox/waiting/{conversation_id}")
        context = desk.page.get_by_role("complementary", name="What you need to know")
        await expect(context).to_contain_text("Where is my order 4711?")
        await expect(context).to_contain_text("Asked for a person")
        await expect(context.locator("code", has_text="4711")).to_be_visible()
        await desk.watched.picture("desk-context")
        await desk.button("Take").first.click()
        await expect(desk.log()).to_contain_text("Taken: You")

        await desk.page.locator("input[type=file]").set_input_files(
            {"name": "label.png", "mimeType": "image/png", "buffer": PNG}
        )
        await expect(desk.button("Remove label.png")).to_be_visible()
        await desk.reply("I am with you: here is the label.")
        await expect(desk.log().locator("img")).to_be_visible()
        await desk.page.get_by_role("tab", name="Note").click()
        await desk.page.locator("#composer-text").fill("He is a regular.")
        await desk.button("Add note").click()
        await expect(desk.log()).to_contain_text("He is a regular.")

        said = [
            event for event in await events_of(visitor, conversation_id) if event["type"] == "message.created"
        ]
        assert said[-1]["data"]["text"] == "I am with you: here is the label."
        assert said[-1]["data"]["attachments"][0]["name"] == "label.png"
        assert not any("regular" in str(event) for event in await events_of(visitor, conversation_id))

        await visitor.say("thank you so much", conversation_id)
        await expect(desk.log()).to_contain_text("thank you so much")
        await desk.button("Resolve").click()
        await expect(desk.log()).to_contain_text("Resolved:")
        types = [event["type"] for event in await events_of(visitor, conversation_id)]
        assert "rating.requested" in types
        await visitor.call(
            "POST", f"/v1/conversations/{conversation_id}/rating", {"score": 5, "comment": "kind"}
        )
        await expect(desk.log()).to_contain_text("Rated 5 of 5")
    await visitor.close()


async def test_one_of_two_gets_it_and_the_other_is_told(browser: Browser, demo: Demo) -> None:
    visitor = await visitor_of(demo, "Two At Once")
    conversation_id = await waiting(visitor, "Can somebody look at my lamp?")
    async with open_desk(browser, demo) as noor, open_desk(browser, demo, "lead") as lin:
        await noor.open(conversation_id)
        await lin.open(conversation_id)
        await expect(noor.page.get_by_text("Lin is looking")).to_be_visible()
        await lin.page.locator("#composer-text").press_sequentially("Hello")
        await expect(noor.page.get_by_text("Lin is writing a reply right now.")).to_be_visible()
        await noor.button("Take").first.click()
        await expect(noor.log()).to_contain_text("Taken: You")
        await expect(lin.page.get_by_text("Noor has this conversation.")).to_be_visible()
        await expect(lin.page.get_by_role("tab", name="Reply")).to_have_count(0)
        refused = await lin.page.evaluate(
            """id => fetch(`/v1/conversations/${id}/claim`, { method: "POST" }).then(answer => answer.status)""",
            conversation_id,
        )
        assert refused == 409
        await noor.page.get_by_role("button", name="Assign or transfer").click()
        await noor.page.get_by_text("Lin", exact=True).click()
        await noor.page.get_by_label("Note for them").fill("You know lamps.")
        await noor.button("Pass on").click()
        await expect(lin.log()).to_contain_text("Given to You by Noor")
        await expect(lin.log()).to_contain_text("You know lamps.")
        await expect(lin.page.locator("#composer-text")).to_have_value("Hello")
    await visitor.close()


async def test_what_is_written_survives_and_can_be_taken_back(browser: Browser, demo: Demo) -> None:
    visitor = await visitor_of(demo, "Slow Typist")
    conversation_id = await waiting(visitor, "Do you ship to Norway?")
    async with open_desk(browser, demo) as desk:
        await desk.open(conversation_id)
        box = desk.page.locator("#composer-text")
        await box.fill("We do, it takes")
        await desk.page.reload()
        await expect(box).to_have_value("We do, it takes")
        await box.fill("We do, it takes four days")
        # Both at once: on a slow machine the seconds to undo it could pass between two of the driver's acts.
        await desk.button("Send").evaluate(
            "send => { send.click(); return new Promise(requestAnimationFrame).then(() => document.querySelector('.pending .link').click()); }"
        )
        await expect(box).to_have_value("We do, it takes four days")
        assert "four days" not in str(await events_of(visitor, conversation_id))

        # No way out: it waits, under one id, and leaves when there is one.
        await desk.watched.context.set_offline(True)
        await desk.button("Send").click()
        await desk.send_now()
        await expect(desk.page.get_by_text("No connection: sent as soon as possible")).to_be_visible()
        await desk.watched.context.set_offline(False)
        await expect(desk.log().locator("[data-seq]", has_text="four days")).to_be_visible()
        said = [one for one in await events_of(visitor, conversation_id) if "four days" in str(one["data"])]
        assert len(said) == 1
    await visitor.close()


async def test_a_saved_reply_knows_whom_it_is_for(browser: Browser, demo: Demo) -> None:
    visitor = await visitor_of(demo, "Amélie")
    conversation_id = await waiting(visitor, "My parcel 88213 is late")
    async with open_desk(browser, demo) as desk:
        made = await desk.page.evaluate(
            """body => fetch("/v1/saved-replies", { method: "POST", headers: { "content-type": "application/json" },
               body: JSON.stringify(body) }).then(answer => answer.status)""",
            {"title": "On its way", "shortcut": f"way{new_id()[-6:]}", "text": "Hello {{contact.name|there}}, {{agent.name}} here: order {{order}} is on its way."},
        )  # fmt: skip
        assert made == 201
        await desk.open(conversation_id)
        await desk.page.locator("#composer-text").press_sequentially("/way")
        await expect(desk.page.get_by_role("option")).to_have_count(1)
        await desk.page.keyboard.press("Enter")
        await expect(desk.page.locator("#composer-text")).to_have_value(
            "Hello Amélie, Noor here: order 88213 is on its way."
        )
    await visitor.close()


async def test_everything_by_keyboard(browser: Browser, demo: Demo, agent: DeskAgent) -> None:
    visitor = await visitor_of(demo, "By Keys")
    async with open_desk(browser, demo, None) as desk:
        page, keys = desk.page, desk.page.keyboard
        await page.goto(f"{demo.banner['base_url']}/desk")
        await page.locator("input[name=email]:focus").wait_for()
        await keys.type(demo.banner["admin"]["email"])
        await keys.press("Tab")
        await keys.type(demo.banner["admin"]["password"])
        await keys.press("Enter")
        await page.get_by_role("navigation").first.wait_for()
        conversation_id = await waiting(visitor, "Is the oak table in stock?")
        row = page.locator("[data-row]", has_text="By Keys")
        await row.wait_for()
        for _ in range(40):
            if await page.locator("[data-row][aria-current=true]", has_text="By Keys").count():
                break
            await keys.press("j")
        await expect(page.locator("[data-row][aria-current=true]")).to_contain_text("By Keys")
        await desk.log().wait_for()
        await keys.press("c")
        await expect(desk.log()).to_contain_text("Taken: You")
        await keys.press("r")
        await page.locator("#composer-text:focus").wait_for()
        await keys.type("It is, in two colours.")
        await keys.press("Control+Enter")
        await keys.press("Escape")
        await keys.press("p")
        await page.locator("[role=menu]:focus-within").wait_for()
        await keys.press("ArrowDown")
        await page.locator("[role=menu] [data-highlighted]").wait_for()
        await keys.press("Enter")
        await expect(desk.log()).to_contain_text("Priority")
        await keys.press("Control+k")
        await page.locator("[role=dialog] input:focus").wait_for()
        await keys.type("resolve need was met")
        await keys.press("Enter")
        await expect(desk.log()).to_contain_text("need met")
        await keys.press("?")
        await expect(page.get_by_role("dialog")).to_contain_text("Keyboard shortcuts")
        await keys.press("Escape")
        await expect(desk.log().locator("[data-seq]", has_text="in two colours")).to_be_visible()
        assert conversation_id in page.url
    await visitor.close()
