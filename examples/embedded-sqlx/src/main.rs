//! Brings the database at `DATABASE_URL` up to date.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "DATABASE_URL is not set")?;
    Ok(embedded_sqlx::migrate(&url).await?)
}
