"""xApps in processes of their own: the RIC's end (`remotes`, `session`, `door`), and the xApp's (`worker`, `serve`).

In the loop nobody waits for them: a question is sent where there is credit, a timer gives `hold` at its deadline, and
an answer that comes in time goes the way of every answer.
"""
