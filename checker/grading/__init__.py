"""A whole class: find the submissions, grade them side by side, store every result, go on later.

==============  ==================================================================================
`discover`      whose submissions are there: folders, zips, clones, what platforms download
`roster`        names and groups, from a CSV file
`contents`      what is inside one submission, and which of its folders is which step
`archives`      zips, read without unpacking them anywhere
`refusals`      why a submission cannot be graded, said to whoever handed it in
`jobs`          one submission and one step: what goes to a worker, and what comes back
`work`          what a worker does: it keeps a server and a jail, and grades one job after the other
`fairness`      time limits by the reference solution, on this machine and now
`executors`     where the workers are: processes here, or a Dask cluster
`fingerprint`   what grades are made of: the checks, the environment
`store`         the SQLite file that everything is written to as it comes
`grader`        the main loop
`results`       what reports and exports read
==============  ==================================================================================
"""
