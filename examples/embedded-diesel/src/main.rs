//! Brings the database at `DATABASE_URL` up to date.

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "DATABASE_URL is not set")?;
    embedded_diesel::migrate(&url)
}
