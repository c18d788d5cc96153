# why: autoscaling raises the capacity of the table, and each apply takes it back
provider "aws" {
  region = "eu-west-1"
}

resource "aws_dynamodb_table" "entries" {
  name           = "entries"
  hash_key       = "id"
  read_capacity  = 5
  write_capacity = 5
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_appautoscaling_target" "read" {
  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.entries.name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  min_capacity       = 5
  max_capacity       = 100
}
