-- A job's link leads nowhere any more.
-- KEYS: job
-- Returns 1; 0 when there was none.
return unshare(KEYS[1]) and 1 or 0
