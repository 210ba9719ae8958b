"""A day at the gate, played on real parts: the demo, and the stage of the whole-product tests.

- ``processes``: what was started here ends here, and nothing else does.
- ``house``: station, agent, pcscd, virtual card, camera stage and kiosk app, put up in one folder.
- ``window``: the kiosk app as a person meets it: screens seen, buttons touched (``rehearsal`` is its other end).
- ``dispatcher``: the station's people at their desks.
- ``day``: the visitors, what each should see, and what the station should get.
"""
