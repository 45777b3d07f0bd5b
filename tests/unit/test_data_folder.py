"""The small files of the data folder."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from funnel.core.data_folder import make_data_folder, once, secret_key
from funnel.core.settings import load_settings
from funnel.core.start_errors import StartError


def test_the_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    settings = load_settings(database={"data_dir": tmp_path / "data"})
    key = secret_key(settings)
    assert len(key) == 64
    assert secret_key(settings) == key
    file = tmp_path / "data" / "secret.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert os.listdir(file.parent) == ["secret.key"]


def test_a_given_key_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    settings = load_settings(database={"data_dir": tmp_path / "data"}, security={"secret_key": "k" * 40})
    assert secret_key(settings) == b"k" * 40
    assert not (tmp_path / "data").exists()


def test_all_who_come_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda number: once(tmp_path / "file", str(number).encode()), range(32)))
    assert len(set(results)) == 1
    assert os.listdir(tmp_path) == ["file"]


def test_an_existing_folder_is_not_changed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    assert make_data_folder(folder) == folder.resolve()
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartError, match="FUNNEL_DATABASE__DATA_DIR"):
        make_data_folder(tmp_path / "file" / "data")
