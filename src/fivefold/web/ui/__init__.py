"""What all pages share: layout, look, small pictures, form fields."""
