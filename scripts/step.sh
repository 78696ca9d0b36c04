#!/usr/bin/env bash
# Run one step of the checks, with its name before and its seconds after:  scripts/step.sh NAME COMMAND...
name=$1
shift
echo "==> $name"
TIMEFORMAT="    $name: %1R s"
{ time "$@" 2>&3; } 3>&2 2>&1
