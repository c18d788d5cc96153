# why: the key on which the bucket hangs is not guarded
provider "aws" {
  region = "eu-west-1"
}

resource "aws_dynamodb_table" "ledger" {
  name         = "ledger"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-ledger-data"
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_s3_object" "readme" {
  bucket     = aws_s3_bucket.data.id
  key        = "README"
  content    = "evidence"
  kms_key_id = aws_kms_key.data.arn
}
