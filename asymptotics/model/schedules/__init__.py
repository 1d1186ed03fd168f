"""Schedules: how the step of a rule changes on its way, one value each; `base` says what a schedule is."""
