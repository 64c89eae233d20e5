#!/bin/sh
# Draw the pictures in this directory anew, from the demo project: a build that runs, its past, and one that fails.
#
#   AXTUI="/path/to/axtui" screenshots/draw.sh
#
# A picture that cannot be drawn is said and stays as it was; the others are drawn all the same.
set -u
here=$(cd "$(dirname "$0")" && pwd)
: "${AXTUI:=axtui}"
HOME=$(mktemp -d) || exit 1
export HOME
unset XDG_CONFIG_HOME XDG_CACHE_HOME XDG_STATE_HOME
project=$HOME/flights-demo
failed=0
trap 'rm -rf "$HOME"' EXIT
trap 'exit 130' INT TERM

draw() { # NAME KEYS: press the keys and draw the screen
    if $AXTUI screenshot "$HOME/$1.png" --title "axtui demo" --keys "$2"; then
        mv "$HOME/$1.png" "$here/$1.png"
    else
        echo "screenshots/$1.png was not drawn" >&2
        failed=1
    fi
}

palette() { # TEXT: the keys that find it in the palette and choose it
    printf 'colon,%s,enter' "$(printf %s "$1" | sed 's/./&,/g; s/_,/underscore,/g; s/,$//')"
}

$AXTUI demo "$project" </dev/null || exit 1
cd "$project" || exit 1

sed -i 's/"seed": 2013/"seed": 2014/' flights/a_carrier_confidence.py
sed -i 's/is_late(delay)/is_late(delay - 5)/' flights/a_carrier_delays.py
$AXTUI run >/dev/null 2>&1 &
builds=0
for _ in $(seq 100); do # until the second build has come to the job that takes long
    if grep -q '"StageStarted","build":2,"row":"carrier_confidence.1","job":"[^"]*","stage":"analysis"' .axtui/journal/*.jsonl; then
        builds=2
        break
    fi
    sleep 0.1
done
[ "$builds" = 2 ] || echo "the second build did not come to carrier_confidence; the picture shows what there is" >&2
sleep 1
draw main "$(palette carrier_confidence)"
wait

draw timeline "T,left_square_bracket,G,k,k,k,k,k,k,k,k,shift+left,shift+left"
draw data "$(palette by_aircraft),enter,5"
draw diff "$(palette carrier_delays),enter,3"

sed -i 's/if delay is not None:/if True:/' flights/a_carrier_delays.py
$AXTUI run >/dev/null 2>&1
draw failure "$(palette carrier_delays),4"
exit $failed
