# SPDX-License-Identifier: MIT
# 12_trace.py TRACE SVG TILES [FAILED] - is the timeline of recipe 12 whole? The trace is in the form
# that chrome://tracing and Perfetto read; each tile is done exactly once; nobody does two at a time;
# whoever fails does nothing after that, and the tile that was lost is done by somebody else. FAILED:
# how many must have failed. The SVG has the same boxes.
import json
import sys
import xml.etree.ElementTree

trace, svg, tiles = json.load(open(sys.argv[1])), sys.argv[2], int(sys.argv[3])
wanted = int(sys.argv[4]) if len(sys.argv) > 4 else 0
lines, events = {}, []
for e in trace["traceEvents"]:
    assert e["pid"] == 1 and isinstance(e["tid"], int), e
    if e["ph"] == "M" and e["name"] == "thread_name":
        lines[e["tid"]] = e["args"]["name"]
    elif e["ph"] == "X":
        assert e["ts"] >= 0 and e["dur"] >= 0, e
        events.append(e)
    else:
        assert e["ph"] == "M" and e["name"] == "process_name", e
done = sorted(e["name"] for e in events if not e["args"]["failed"])
assert done == sorted("tile %d" % i for i in range(tiles)), "not every tile exactly once: %s" % done
failures = [e for e in events if e["args"]["failed"]]
assert len(failures) == wanted, "%d tiles failed, not %d" % (len(failures), wanted)
for line in lines:
    own = sorted((e for e in events if e["tid"] == line), key=lambda e: e["ts"])
    for a, b in zip(own, own[1:]):
        assert a["ts"] + a["dur"] <= b["ts"] + 1e-3, "two at a time: %s %s" % (a, b)
        assert not a["args"]["failed"], "%s goes on after it failed" % lines[line]
for lost in failures:
    assert any(e["name"] == lost["name"] and e["tid"] != lost["tid"] and not e["args"]["failed"]
               for e in events), "%s was lost" % lost["name"]
boxes = [r for r in xml.etree.ElementTree.parse(svg).iter("{http://www.w3.org/2000/svg}rect") if len(r)]
assert len(boxes) == len(events), "the SVG has %d boxes, the trace %d" % (len(boxes), len(events))
print("%d tiles by %d workers, %d failed" % (tiles, len(lines), len(failures)))
