provider "aws" {
  region = "eu-west-1"
}

resource "aws_dynamodb_table" "old" {
  name         = "ledger"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_dynamodb_table" "new" {
  name         = "entries"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}

import {
  to = aws_dynamodb_table.new
  id = "entries"
}
