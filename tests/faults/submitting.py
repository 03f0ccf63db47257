"""A program that submits a roster and stops itself on the way: `python -m tests.faults.submitting BATCH_ID POINT`."""

import os
import signal
import sys

from models.actions.check_roster import submit_at_once
from models.actions.log_in import viewer_for
from models.records.account import Account
from models.records.batch import Batch
from models.records.business_clock import business_now
from models.records.database import reading, writing

BEFORE_COMMIT, AFTER_COMMIT = "before_commit", "after_commit"


def main(batch_id: int, point: str) -> None:
    with reading() as session:
        batch = session.get_one(Batch, batch_id)
        viewer = viewer_for(session.get_one(Account, batch.account_id))
    with writing() as session:
        submit_at_once(session, viewer, batch.batch_no, business_now(session))
        if point == BEFORE_COMMIT:
            os.kill(os.getpid(), signal.SIGSTOP)
    if point == AFTER_COMMIT:
        os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
