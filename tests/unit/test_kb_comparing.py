"""Which articles are compared: the likeliest few, whatever number of copies there is."""

from kb.comparing import MOST_RIVALS, Banded, likeliest


def page(number: int, bands: tuple[int, ...], locale: str = "en", sites: frozenset[str] = frozenset(), group: str = "") -> Banded:  # fmt: skip
    return Banded(f"{number:05}", locale, group or f"group {number}", sites, bands)


def test_a_thousand_copies_are_compared_with_five_each() -> None:
    copies = [page(number, (1, 2, 3)) for number in range(1_000)]
    found = likeliest(copies, copies)
    assert len(found) == 1_000
    assert all(len(others) == MOST_RIVALS and own not in others for own, others in found.items())


def test_those_that_share_most_come_first_and_those_no_reader_meets_beside_it_never() -> None:
    one = page(1, (1, 2, 3, 4), sites=frozenset("a"), group="g")
    others = [
        page(2, (1,)), page(3, (1, 2, 3)), page(4, (9,)), page(5, (1, 2, 3, 4), locale="de"),
        page(6, (1, 2, 3, 4), group="g"), page(7, (1, 2, 3, 4), sites=frozenset("b")), page(8, (1, 2), sites=frozenset("ab")),
    ]  # fmt: skip
    assert likeliest([one], [one, *others]) == {"00001": ["00003", "00008", "00002"]}
    assert likeliest([page(9, ())], others) == {}
