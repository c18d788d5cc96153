provider "aws" {
  region = "eu-west-1"
}

resource "aws_dynamodb_table" "new" {
  name         = "ledger"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}

removed {
  from = aws_dynamodb_table.old
  lifecycle {
    destroy = false
  }
}

import {
  to = aws_dynamodb_table.new
  id = "ledger"
}
