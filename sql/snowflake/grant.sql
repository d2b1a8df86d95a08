-- Lets the analysts' role use or read something. Run after each creation: a replaced table or view has lost its grants.
-- privilege: usage or select    securable: what of    role: the role
-- Run by: tributary snowflake tables.
grant {privilege} on {securable} to role {role}
