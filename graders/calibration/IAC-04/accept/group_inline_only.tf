# why: all rules of the group are inline, none apart
provider "aws" {
  region = "eu-west-1"
}

resource "aws_vpc" "main" {
  cidr_block = "10.30.0.0/16"
}

resource "aws_security_group" "db" {
  name        = "db"
  description = "database"
  vpc_id      = aws_vpc.main.id

  dynamic "ingress" {
    for_each = toset(["10.30.1.0/24", "10.30.2.0/24"])
    content {
      description = "postgres"
      from_port   = 5432
      to_port     = 5432
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "cache" {
  name        = "cache"
  description = "cache, which has rules of its own"
  vpc_id      = aws_vpc.main.id
}

resource "aws_security_group_rule" "cache" {
  type                     = "ingress"
  security_group_id        = aws_security_group.cache.id
  source_security_group_id = aws_security_group.db.id
  from_port                = 6379
  to_port                  = 6379
  protocol                 = "tcp"
}
