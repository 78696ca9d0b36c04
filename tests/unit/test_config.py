"""Settings: read strictly, all problems at once; a server that would be unsafe does not start."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from fivefold.config import Config, SettingsRefused, read_config, read_database_url, refuse_production

SAFE = Config(mode="production", secret_key="k3Vt9-fQ2xLp7_Zr0mYw8Ba5Hc1Ne6Ug4Sj-Xo3Ki9", public_url="https://clinic.example")


def test_empty_environment_gives_the_defaults() -> None:
    config = read_config({})

    assert config == Config()
    assert config.keys == Path("~/.local/share/fivefold/keys/record.keys").expanduser()
    assert not config.wants_second_factor


def test_every_setting_has_a_name_and_a_meaning() -> None:
    for one in fields(Config):
        assert one.metadata["name"].isupper()
        assert len(one.metadata["meaning"]) > 20


def test_values_are_read_by_their_type() -> None:
    config = read_config({"PORT": "9000", "FIVEFOLD_DATA": "/srv/x", "FIVEFOLD_DEBUG": "yes", "FIVEFOLD_SECOND_FACTOR": "no", "FIVEFOLD_KEY_FILE": "/k"})

    assert (config.port, config.folder, config.debug, config.second_factor, config.keys) == (9000, Path("/srv/x"), True, False, Path("/k"))


def test_all_wrong_values_are_named_at_once() -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_config({"PORT": "many", "FIVEFOLD_DEBUG": "perhaps", "FIVEFOLD_MODE": "x", "FIVEFOLD_WORKERS": "0", "FIVEFOLD_IDLE_MINUTES": "-1"})

    assert [reason.split(":")[0] for reason in refused.value.reasons] == [
        "PORT",
        "FIVEFOLD_IDLE_MINUTES",
        "FIVEFOLD_WORKERS",
        "FIVEFOLD_DEBUG",
        "FIVEFOLD_MODE",
    ]


def test_safe_server_starts() -> None:
    refuse_production(SAFE)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"debug": True}, "FIVEFOLD_DEBUG"),
        ({"secret_key": ""}, "FIVEFOLD_SECRET_KEY"),
        ({"secret_key": "short"}, "FIVEFOLD_SECRET_KEY"),
        ({"secret_key": "a" * 80}, "FIVEFOLD_SECRET_KEY"),
        ({"public_url": ""}, "FIVEFOLD_PUBLIC_URL"),
        ({"public_url": "http://clinic.example"}, "FIVEFOLD_PUBLIC_URL"),
        ({"database_url": "postgresql://u:p@db.example/x"}, "DATABASE_URL"),
        ({"database_url": "postgresql://u:p@db.example/x?sslmode=disable"}, "DATABASE_URL"),
        ({"database_url": "postgresql://u:p@db.example/x?sslmode=prefer"}, "DATABASE_URL"),
        ({"database_url": "postgresql://u@db.example/x?sslmode=verify-full"}, "DATABASE_URL"),
        ({"database_url": "postgresql://u:p@127.0.0.1.evil.example/x"}, "DATABASE_URL"),
    ],
)
def test_unsafe_server_does_not_start(change: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsRefused, match=named):
        refuse_production(replace(SAFE, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:p@db.example/x?sslmode=verify-full", "postgresql://u:p@127.0.0.1/x", "postgresql://u@/x?host=/run/postgresql", "postgresql://u:p@[::1]/x"],
)
def test_database_here_or_over_tls_is_accepted(url: str) -> None:
    refuse_production(replace(SAFE, database_url=url))


def test_parts_of_an_address_are_read_as_they_were_meant() -> None:
    address = read_database_url("postgresql://us%40er:p%2Fw@db.example:6543/my%20db?sslmode=require&application_name=x")

    assert (address.user, address.password, address.host, address.port, address.name) == ("us@er", "p/w", "db.example", "6543", "my db")
    assert address.options == {"sslmode": "require", "application_name": "x"}


@pytest.mark.parametrize("url", ["mysql://u@h/x", "postgresql://h", "sqlite:///x", "x"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(SettingsRefused):
        read_database_url(url)
