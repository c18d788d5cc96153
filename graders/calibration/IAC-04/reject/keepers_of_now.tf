# why: a keeper that is the time draws a new suffix in each run, and the bucket is replaced
provider "aws" {
  region = "eu-west-1"
}

resource "random_id" "suffix" {
  byte_length = 4
  keepers = {
    run = timestamp()
  }
}

resource "aws_s3_bucket" "exports" {
  bucket = "acme-exports-${random_id.suffix.hex}"
}
