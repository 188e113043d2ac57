"""Runs beside a preloaded camera: opens it, does as told a line at a time, says what it sees.

``frames N``: how many of the next N were whole, the size and level of the last.
``notices``: what the source tells, from the first word of each kind.
"""

import json
import sys
from itertools import islice

from config import load
from monitor.sources import Frame, SourceError, open_source


def seen(frames):
    whole = [frame.image for frame in frames if isinstance(frame, Frame)]
    last = whole[-1] if whole else None
    size = None if last is None else [last.shape[1], last.shape[0]]
    return {
        "whole": len(whole),
        "size": size,
        "level": None if last is None else int(last[9, 9, 0]),
    }


def serve(source):
    frames = source.frames()
    for line in sys.stdin:
        word, *count = line.split()
        if word == "frames":
            answer = seen(islice(frames, int(count[0])))
        else:
            answer = [[one.kind, one.about, one.cleared, one.text] for one in source.take_notices()]
        print(json.dumps(answer), flush=True)


def main(uri, overrides):
    quick = {"source.reconnect_initial_s": 0.05, "source.reconnect_max_s": 0.1}
    try:
        source = open_source(uri, load(environ={}, overrides=quick | json.loads(overrides)))
    except SourceError as error:
        print(json.dumps({"refused": str(error)}), flush=True)
        return
    print(json.dumps({"refused": None}), flush=True)
    serve(source)
    source.close()


main(*sys.argv[1:])
