-- value/contribution/macros.sql: what the name of a line or of a cost driver says, and money in cents.

-- A yearly bonus, booked as a line that is no product. It has no goods behind it.
create or replace macro is_bonus(product_id, product_group, is_non_product) as
    is_non_product
    and regexp_matches(
        lower(coalesce(product_id, '') || ' ' || coalesce(product_group, '')),
        'bonus|boni\b|r(ü|ue)ckverg|rebate|kick-?back'
    );

create or replace macro is_order(driver) as regexp_matches(lower(driver), 'auftr|bestell|order');

-- The cause of loss that a cost driver stands for; null for any other. A returned order is a return, a visit about a complaint a complaint.
create or replace macro cause_of(driver) as case
    when regexp_matches(lower(driver), 'reklam|beschwerd|complain|claim') then 'complaints'
    when regexp_matches(lower(driver), 'retour|return|r(ü|ue)cksend|r(ü|ue)cknahm') then 'returns'
    when regexp_matches(lower(driver), 'besuch|visit') then 'visits'
    when is_order(driver) then 'small_orders'
    when regexp_matches(lower(driver), 'liefer|deliver|versand|shipment|paket|parcel|fracht|kommission') then 'small_orders'
end;

create or replace macro is_delivery(driver) as cause_of(driver) = 'small_orders' and not is_order(driver);

-- Money cut to whole cents, and so many cents more.
create or replace macro in_cents(amount, more) as ((floor(amount * 100) + coalesce(more, 0)) * 0.01)::decimal(18, 2);

-- Few words, compared many times: as enumerations they are compared as numbers.
create or replace macro as_stage(word) as word::enum('marketing', 'sales', 'service', 'logistics');
create or replace macro as_cause(word) as word::enum('complaints', 'returns', 'visits', 'small_orders');
create or replace macro as_source(word) as word::enum('activities', 'contacts', 'complaints', 'measures')
