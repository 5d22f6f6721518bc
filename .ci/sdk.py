"""Asks a running Annals, and writes to it with a key, through the client that is generated from its OpenAPI document."""

import sys

from annals_client import AuthenticatedClient, Client
from annals_client.api.actors import get_actor
from annals_client.api.events import create_event, get_event, update_event
from annals_client.api.timeline import list_timeline
from annals_client.models import Actor, Event, EventPatch, NewEvent, NewHistoricalDate, Problem, Timeline

client = Client(base_url=sys.argv[1])

event = get_event.sync("csto-operation-in-kazakhstan-2022", client=client)
assert isinstance(event, Event) and event.date.label == "6 to 13 January 2022", event

actor = get_actor.sync("RCPD", client=client)
assert isinstance(actor, Actor) and actor.id == "unrcca", actor

timeline = list_timeline.sync(client=client, on="2022-01-10", actor=["CSTO", "Kazakhstan"], limit=5)
assert isinstance(timeline, Timeline) and timeline.total == len(timeline.items) > 0, timeline

problem = list_timeline.sync(client=client, from_="2013-02-29")
assert isinstance(problem, Problem) and problem.status == 400, problem

writing = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2])
written = create_event.sync(client=writing, body=NewEvent(kind="test", title="Written by a client", date="2018-03"))
assert isinstance(written, Event) and written.date.latest == "2018-03-31", written

patch = EventPatch(date=NewHistoricalDate(edtf="2018-03-26", as_stated="on 26 March 2018"))
patched = update_event.sync(written.id, client=writing, body=patch)
assert isinstance(patched, Event) and patched.date.label == "26 March 2018", patched

print("the Python client compiles, reads and writes")
