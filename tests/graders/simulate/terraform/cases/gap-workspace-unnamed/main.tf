provider "aws" {
  region = "eu-west-1"
}

locals {
  sizes = { acme-a = 1, acme-b = 2 }
}

resource "aws_sqs_queue" "q" {
  count = local.sizes[terraform.workspace]
  name  = "q-${count.index}"
}
