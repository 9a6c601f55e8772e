"""The room: a class that moves together, predicts and votes. No account, no name: a code, and a random mark a browser.

=============  ======================================================================================================
`logic.py`     what a room is, and what each may do in it: pure, without network or clock
`limits.py`    how often
`store.py`     where rooms live: in this process, or in Redis or Valkey where several processes serve one class
`hall.py`      who is connected: websockets beside the lane
`room.js`      a browser's part: leads or follows; `box.js`, `poll.js` and `map.js` show it
=============  ======================================================================================================
"""
