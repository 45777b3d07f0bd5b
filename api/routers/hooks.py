"""Hooks that playbooks call: registered by name with an address, or never called. Needs `channels`."""

from fastapi import APIRouter

from api.credentials import ServicesNow
from api.routers.setup import Channels
from api.routers.strict import Responses, StrictRoute
from api.routers.webhooks import ROTATED
from api.schemas.hooks import HookCreated, HookIn, HookOut, HookUpdate, hook_out
from api.schemas.setup import ListOut, changed
from api.schemas.webhooks import SigningSecretOut

router = APIRouter(prefix="/v1/playbook-hooks", tags=["setup"], route_class=StrictRoute)
TAKEN: Responses = {
    409: {
        "description": "The name is taken, or there are as many hooks as there may be; `code` says which.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
    }
}


@router.get("", response_model=ListOut[HookOut])
async def list_hooks(_: Channels, services: ServicesNow) -> ListOut[HookOut]:
    """Every hook, by name."""
    return ListOut(items=[hook_out(one) for one in await services.people.hooks.list()])


@router.post("", status_code=201, response_model=HookCreated, responses=TAKEN)
async def create_hook(_: Channels, services: ServicesNow, body: HookIn) -> HookCreated:
    """Registers a hook: playbooks call it from now on, here at once and elsewhere within two seconds."""
    made, secret = await services.people.hooks.create(body.name, body.url)
    await services.playbooks.refresh()
    return HookCreated(**hook_out(made).model_dump(), signing_secret=secret)


@router.get("/{hook_id}", response_model=HookOut)
async def read_hook(_: Channels, services: ServicesNow, hook_id: str) -> HookOut:
    """One hook."""
    return hook_out(await services.people.hooks.read(hook_id))


@router.put("/{hook_id}", response_model=HookOut)
async def update_hook(_: Channels, services: ServicesNow, hook_id: str, body: HookUpdate) -> HookOut:
    """Changes the fields that are sent; `disabled: false` turns it on again."""
    found = await services.people.hooks.update(hook_id, **changed(body))
    await services.playbooks.refresh()
    return hook_out(found)


@router.delete("/{hook_id}", status_code=204)
async def archive_hook(_: Channels, services: ServicesNow, hook_id: str) -> None:
    """Ends it: playbooks pass it by."""
    await services.people.hooks.archive(hook_id)
    await services.playbooks.refresh()


@router.post("/{hook_id}/secret", status_code=201, response_model=SigningSecretOut, responses=ROTATED)
async def rotate_hook_secret(_: Channels, services: ServicesNow, hook_id: str) -> SigningSecretOut:
    """A new secret; until the next one, calls are signed with the one before too."""
    return SigningSecretOut(signing_secret=await services.people.hooks.rotate(hook_id))
