-- value/components/cooperation_written.sql: the columns of the component
select
    customer_id,
    joint_projects,
    cooperation_value,
    cooperation_basis
from cooperation_known
