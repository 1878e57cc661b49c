-- tables/current_lines_of_many.sql: every readable record, and whether a newer file holds its document too
select read_lines.*, superseded_lines.record is not null as is_superseded
from read_lines
left join superseded_lines using (file_id, record)
