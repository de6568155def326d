"""Groups whose addresses stand in a CSV file."""

from __future__ import annotations

from pydantic import ValidationError

from controller.config.compose import Settings
from controller.config.problems import Key
from controller.fleet.miners_csv import read_addresses
from controller.fleet.settings import GroupMiners


def with_address_files(settings: Settings) -> tuple[Settings, list[tuple[Key, str]]]:
    """Settings whose `addresses` hold those of the files too, and what is wrong with the files.

    From then on they are like any others: the configuration's hash changes with them.
    """
    groups, faults = dict(settings.groups), list[tuple[Key, str]]()
    for name, group in settings.groups.items():
        file = group.miners.addresses_file
        if file is None or not file.is_file():
            continue  # that it is missing is said of every file alike
        try:
            groups[name] = group.model_copy(update={"miners": _with_file(group.miners)})
        except ValidationError as error:
            said = "; ".join(one["msg"].removeprefix("Value error, ") for one in error.errors())
            faults.append((_key(name), said))
        except ValueError as error:
            faults.append((_key(name), str(error)))
    return settings.model_copy(update={"groups": groups}), faults


def _key(group: str) -> Key:
    return ("groups", group, "miners", "addresses_file")


def _with_file(miners: GroupMiners) -> GroupMiners:
    """
    Raises:
        ValueError: the file cannot be used, or does not go with what else the group names.
    """
    assert miners.addresses_file is not None
    found = read_addresses(miners.addresses_file, port=miners.port, driver=miners.driver)
    plain = miners.model_dump(exclude_unset=True)
    whole = {**plain, "addresses": (*miners.addresses, *found)}
    return type(miners).model_validate(whole)
