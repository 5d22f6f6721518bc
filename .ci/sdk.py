"""Asks a running Annals through the client that is generated from its OpenAPI document."""

import sys

from annals_client import Client
from annals_client.api.actors import get_actor
from annals_client.api.events import get_event
from annals_client.api.timeline import list_timeline
from annals_client.models import Actor, Event, Problem, Timeline

client = Client(base_url=sys.argv[1])

event = get_event.sync("csto-operation-in-kazakhstan-2022", client=client)
assert isinstance(event, Event) and event.date.label == "6 to 13 January 2022", event

actor = get_actor.sync("RCPD", client=client)
assert isinstance(actor, Actor) and actor.id == "unrcca", actor

timeline = list_timeline.sync(client=client, on="2022-01-10", actor=["CSTO", "Kazakhstan"], limit=5)
assert isinstance(timeline, Timeline) and timeline.total == len(timeline.items) > 0, timeline

problem = list_timeline.sync(client=client, from_="2013-02-29")
assert isinstance(problem, Problem) and problem.status == 400, problem

print("the Python client compiles and runs")
