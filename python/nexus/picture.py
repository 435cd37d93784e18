# SPDX-License-Identifier: MIT
"""A picture of a trace (TT_TRACE) as SVG, where Perfetto is not at hand."""

import html
import json
import zlib

_WIDTH = 1200
_LEFT = 170
_ROW = 15
_MAX_ROWS = 200
_AXIS = 24
_END_OF_TIME = 1e18  # microseconds


def _is_event(event):
    """Whether draw() can read it, whatever kind of event it is."""
    return (isinstance(event, dict) and
            isinstance(event.get("args", {}), dict) and
            isinstance(event.get("name", ""), str) and
            all(isinstance(event.get(key, 0), (int, float)) and
                abs(event.get(key, 0)) < _END_OF_TIME
                for key in ("pid", "tid", "ts", "dur")))


def load(path):
    """The events of a trace; also of one whose process was killed. ValueError
    if the file is no trace."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read().rstrip()
        # An event a line, the last one perhaps cut off.
        if not text.endswith("]"):
            text = text[:text.rfind("}")].rsplit(",\n", 1)[0] + "\n]" \
                if not text.endswith("}") else text + "\n]"
        events = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is no trace (TT_TRACE): {error}") from None
    if not isinstance(events, list) or not all(map(_is_event, events)):
        raise ValueError(f"{path} is no trace (TT_TRACE): it is no list of "
                         "events")
    return events


def _names(events):
    processes, threads = {}, {}
    for e in events:
        name = str(e.get("args", {}).get("name"))
        if e.get("name") == "process_name":
            processes[e.get("pid")] = name
        elif e.get("name") == "thread_name":
            threads[e.get("pid"), e.get("tid")] = name
    return processes, threads


def _colour(span):
    """One colour for each stream, or each name where there is no stream."""
    key = str(span.get("args", {}).get("stream", span["name"]))
    return f"hsl({zlib.crc32(key.encode()) % 360},55%,70%)"


def _depth(span, row):
    """How many spans of its track a span lies in."""
    return sum(1 for s in row if s is not span and s["ts"] <= span["ts"]
               and s["ts"] + s["dur"] >= span["ts"] + span["dur"]
               and s["dur"] > span["dur"])


def _rows(spans):
    """Spans by track, streams first, then commands, then cores."""
    rows = {}
    for span in spans:
        rows.setdefault((span["pid"], span["tid"]), []).append(span)

    def order(key):
        pid, tid = key
        return (pid % 1000, pid // 1000 % 3 == 1, pid, tid)
    return [(key, rows[key]) for key in sorted(rows, key=order)]


def _rectangle(span, row, top, scale, first):
    inset = min(2 * _depth(span, row), _ROW - 6)
    x = _LEFT + (span["ts"] - first) * scale
    width = max(span["dur"] * scale, 0.3)
    title = html.escape(f"{span['name']}: {span['dur']:.1f} us")
    shape = (f'<rect x="{x:.2f}" y="{top + 1 + inset / 2:.1f}" '
             f'width="{width:.2f}" height="{_ROW - 2 - inset}" '
             f'fill="{_colour(span)}" stroke="#555" stroke-width="0.3">'
             f"<title>{title}</title></rect>")
    if width > 7 * len(span["name"]) and not inset:
        shape += (f'<text x="{x + 3:.1f}" y="{top + _ROW - 4}">'
                  f"{html.escape(span['name'])}</text>")
    return shape


def _axis(first, last, scale, height):
    step = 10 ** len(str(int((last - first) / 10) or 1)) / 10
    while (last - first) / step > 12:
        step *= 2
    marks, at = [], 0.0
    while at <= last - first:
        x = _LEFT + at * scale
        marks.append(f'<line x1="{x:.1f}" y1="{_AXIS - 6}" x2="{x:.1f}" '
                     f'y2="{height}" stroke="#ddd"/>'
                     f'<text x="{x + 2:.1f}" y="{_AXIS - 10}">'
                     f"{at:g} us</text>")
        at += step
    return marks


def draw(events):
    """SVG text: a row for each track, at most 200."""
    wanted = ("pid", "tid", "ts", "dur", "name")
    spans = [e for e in events
             if e.get("ph") == "X" and all(key in e for key in wanted)]
    if not spans:
        raise ValueError("the trace has no spans")
    processes, threads = _names(events)
    rows = _rows(spans)
    left_out = len(rows) - _MAX_ROWS
    rows = rows[:_MAX_ROWS]
    first = min(s["ts"] for s in spans)
    last = max(s["ts"] + s["dur"] for s in spans)
    scale = (_WIDTH - _LEFT - 10) / max(last - first, 1e-3)
    height = _AXIS + _ROW * len(rows) + 6
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" '
           f'height="{height}" font-family="sans-serif" font-size="9">',
           f'<rect width="{_WIDTH}" height="{height}" fill="white"/>']
    out += _axis(first, last, scale, height)
    for i, ((pid, tid), row) in enumerate(rows):
        top = _AXIS + i * _ROW
        name = threads.get((pid, tid), str(tid))
        if pid % 1000:
            name = f"{processes.get(pid, pid)}: {name}"
        out.append(f'<text x="4" y="{top + _ROW - 4}">'
                   f"{html.escape(name)}</text>")
        out += [_rectangle(s, row, top, scale, first)
                for s in sorted(row, key=lambda s: -s["dur"])]
    if left_out > 0:
        out.append(f'<text x="{_LEFT}" y="{_AXIS - 14}" fill="red">'
                   f"{left_out} more tracks are not drawn</text>")
    return "\n".join(out + ["</svg>", ""])
