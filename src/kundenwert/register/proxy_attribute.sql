-- register/proxy_attribute.sql: the attribute of the drawn customers, in their order
select cell from proxy_customers order by place
