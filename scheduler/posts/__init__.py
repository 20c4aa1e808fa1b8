"""THE BOOK: what is kept, who may change it, and how: tables, moves, review, planning, holds, claims, migrations."""
