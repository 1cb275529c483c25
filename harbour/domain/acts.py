"""Words for what a ledger line tells: acts outside the tables, and the things acts are on."""

from collections.abc import Mapping

from harbour.domain.permissions import WORKFLOW_LABELS
from harbour.domain.text import N_

KIND_LABELS: Mapping[str, str] = {
    **WORKFLOW_LABELS,
    "photo": N_("Photo"),
    "compound": N_("Compound"),
    "community": N_("Community"),
    "firm": N_("Property firm"),
    "service_contract": N_("Service contract"),
    "volunteer_team": N_("Volunteer team"),
    "meeting_series": N_("Weekly meeting slot"),
    "user": N_("Account"),
    "membership": N_("Role at a place"),
    "street": N_("Street"),
    "calendar_year": N_("Calendar of a year"),
}

# Acts on things that have no table, by their names; the thing is named beside.
ACTS: Mapping[str, str] = {
    "create": N_("made it"),
    "arrange": N_("changed the working calendar"),
    "set": N_("changed the settings"),
    "rewrite": N_("changed it"),
    "end": N_("ended it"),
    "stage": N_("added a photo"),
    "remove": N_("removed a photo"),
    "add_sub_area": N_("added a part of the compound"),
    "remove_sub_area": N_("removed a part of the compound"),
    "add_buildings": N_("added buildings"),
    "rewrite_building": N_("changed a building"),
    "remove_building": N_("removed a building"),
    "set_units": N_("changed the units"),
    "enrol": N_("gave somebody a role"),
    "disable": N_("disabled an account"),
    "enable": N_("enabled an account"),
    "reset_password": N_("reset a password"),
    "show_phone": N_("looked at a phone number"),
    "change_password": N_("changed the password"),
    "prefer": N_("changed how pages look"),
    "sign_out": N_("signed out a device"),
    "sign_out_others": N_("signed out the other devices"),
}
